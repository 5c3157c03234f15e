import { afterEach, describe, expect, test } from 'bun:test';
import type { EncryptedText, Message } from '@confab/protocol';
import { newBackupKey, sealBackup } from '../../../../client/src/e2ee/backup/backup';
import { createLog } from '../../observability/log';
import { DIALECTS } from '../../testing/databases';
import { EncryptedUser } from '../../testing/encryption-world';
import { FakePushService } from '../../testing/push/fake-push-service';
import { holdsKey, remainsOf } from '../../testing/remains';
import { TestServer } from '../../testing/server';
import type { TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';

const CANARY = 'canary-7f3a91-in-clear';
async function backupOf(user: EncryptedUser, chatId: number, epoch: Uint8Array) {
  const [wrapping = '', , identity = ''] = (await secretsOf(user)).map(text);
  return sealBackup(await newBackupKey(crypto.getRandomValues(new Uint8Array(20))), {
    v: 1,
    user: user.user.id,
    identity: { public: user.identity.publicKey, private: identity },
    devices: [{ device_id: user.device.deviceId, private_key: wrapping }],
    epochs: { [chatId]: { 1: text(epoch) } },
  });
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

async function secretsOf(user: EncryptedUser): Promise<Uint8Array[]> {
  const keys = [user.device.wrapping, user.device.signing, user.identity];
  return Promise.all(
    keys.map(async ({ privateKey }) => {
      const exported = await crypto.subtle.exportKey('pkcs8', privateKey);
      return new Uint8Array(exported);
    }),
  );
}

describe.each(DIALECTS)('after an encrypted conversation, on %s,', (dialect) => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function start() {
    const lines: string[] = [];
    const log = createLog('debug', { write: (line) => void lines.push(line) });
    const push = await FakePushService.start(Date.now);
    const env = { RATE_LIMITS: 'off', ENCRYPTION_MODE: 'assisted' };
    const server = await TestServer.start({
      dialect,
      env,
      log,
      push: { random: () => 0.5, allowsThisMachine: true },
    });
    stops.push(
      () => server.stop(),
      () => push.stop(),
    );
    return { server, push, lines };
  }

  async function subscribe(user: TestUser, push: FakePushService): Promise<void> {
    const path = '/api/notifications/vapid-public-key';
    const { public_key } = await user.must<{ public_key: string }>('GET', path);
    await user.must('POST', '/api/notifications/web-push', push.subscribe(public_key));
  }

  test('nothing that the server keeps or tells has a word of it, or a key', async () => {
    const { server, push, lines } = await start();
    const ann = await EncryptedUser.create(await server.user('ann'));
    const bob = await EncryptedUser.create(await server.user('bob'));
    await subscribe(bob.user, push);
    const chat = await ann.direct(bob);
    const key = await ann.postEpoch(chat.id, 1, [ann, bob]);
    const sent = await ann.say(chat.id, 1, key, `${CANARY} @${bob.user.username}`);
    expect(sent.status).toBe(201);
    const { client_message_id: edits } = sent.body as Message & { client_message_id: string };
    const place = { chat: chat.id, epoch: 1, client_message_id: crypto.randomUUID(), edits };
    const envelope = await ann.seal(key, place, { kind: 'message', text: `${CANARY} edited` });
    await ann.user.must('PUT', `/api/messages/${sent.body.id}`, { envelope });
    const backup = await backupOf(ann, chat.id, key);
    await ann.user.must('PUT', '/api/encryption/backup', { version: 0, backup });
    await assistedToo(ann.user);
    await eventually(() => push.messages.length > 0, 'A push');
    const [pushed] = push.messages;
    expect(Object.keys(pushed?.content ?? {}).sort()).toEqual(['data', 'tag']);
    await ann.user.call('POST', `/api/messages/${chat.id}`, { content: 7, envelope: CANARY });
    const told = Buffer.from(JSON.stringify(push.messages) + lines.join(''));
    const left = Buffer.concat([await remainsOf(server), told]);
    expect(left.includes(ann.device.deviceId)).toBe(true);
    expect(left.includes(CANARY)).toBe(false);
    expect(left.includes('PRIVATE KEY')).toBe(false);
    expect(holdsKey(left, key)).toBe(false);
    for (const secret of [...(await secretsOf(ann)), ...(await secretsOf(bob))]) {
      expect(holdsKey(left, secret)).toBe(false);
    }
  });

  /** What goes through the server in clear leaves no trace there either. */
  async function assistedToo(user: TestUser): Promise<void> {
    const body = { message: CANARY, recipient_user_id: user.id };
    const { encrypted } = await user.must<EncryptedText>('POST', '/api/encryption/encrypt', body);
    await user.must('POST', '/api/encryption/decrypt', { encrypted });
  }
});
