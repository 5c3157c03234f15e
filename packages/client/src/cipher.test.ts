import { expect, test } from 'bun:test';
import type { Ack, Chat, ChatId, Envelope } from '@confab/protocol';
import { type Cipher, type SendCommand, sealing } from './cipher';
import { ClientError } from './errors';

const CHAT = 7 as ChatId;
const command = { chat_id: CHAT, content: 'CANARY', client_message_id: 'm1' };
const envelope = { h: 'h', c: 'c', s: 's' } as Envelope;

/** A server that notes what it is sent, and refuses as often as it is told to. */
function world(isEncrypted: boolean, cipher: Partial<Cipher> | null, refusals: string[] = []) {
  const sent: SendCommand[] = [];
  const stale: Envelope[] = [];
  const whole = {
    ready: async () => {},
    isEncrypted: () => false,
    seal: async ({ chat_id }) => ({ chat_id, content: '', envelope }),
    stale: async (_, refused) => void stale.push(refused),
    ...cipher,
  } as Cipher;
  const deliver = sealing({
    cipher: () => cipher && whole,
    chat: async () => ({ id: CHAT, is_encrypted: isEncrypted }) as Chat,
    send: async (given) => {
      sent.push(given);
      const code = refusals.shift();
      if (code) throw new ClientError(code as 'stale_epoch', 'refused');
      return {} as Ack<'send_message'>;
    },
  });
  return { sent, stale, deliver };
}

test('a plain chat gets the text, and nothing of what was to be encrypted', async () => {
  const { sent, deliver } = world(false, {});
  await deliver({ ...command, secret: { statement: 'SECRET' } });
  expect(sent).toEqual([command]);
});

test('an encrypted chat gets no text, with or without something that encrypts', async () => {
  const { sent, deliver } = world(true, {});
  await deliver(command);
  expect(sent).toEqual([{ chat_id: CHAT, content: '', envelope }]);
  const without = world(true, null);
  await expect(without.deliver(command)).rejects.toMatchObject({ code: 'cannot_encrypt' });
  expect(without.sent).toEqual([]);
});

test('a chat that was encrypted once stays so, whatever the server says', async () => {
  const { sent, deliver } = world(false, { isEncrypted: () => true });
  await deliver(command);
  expect(JSON.stringify(sent)).not.toContain('CANARY');
});

test('nothing leaves before it is known which chats were encrypted once', async () => {
  let isRead = false;
  const { sent, deliver } = world(false, {
    ready: async () => {
      isRead = true;
    },
    isEncrypted: () => isRead,
  });
  await deliver(command);
  expect(sent).toEqual([{ chat_id: CHAT, content: '', envelope }]);
});

test('what cannot be encrypted is not sent', async () => {
  const seal = () => Promise.reject(new ClientError('identity_changed', 'changed'));
  const { sent, deliver } = world(true, { seal });
  await expect(deliver(command)).rejects.toMatchObject({ code: 'identity_changed' });
  expect(sent).toEqual([]);
});

test('it is encrypted anew while the server wants another epoch, but not for ever', async () => {
  const { sent, stale, deliver } = world(true, {}, ['stale_epoch', 'stale_epoch']);
  await deliver(command);
  expect([sent.length, stale.length]).toEqual([3, 2]);
  const stubborn = world(true, {}, Array(20).fill('stale_epoch'));
  await expect(stubborn.deliver(command)).rejects.toMatchObject({ code: 'stale_epoch' });
  expect(stubborn.sent).toHaveLength(6);
});
