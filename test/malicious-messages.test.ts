import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { MemoryOutboxStore } from '@confab/client';
import type { Chat, Message } from '@confab/protocol';
import { newEpochKey } from '../packages/client/src/e2ee/epochs/epoch';
import type { Envelope } from '../packages/client/src/e2ee/messages/envelope';
import { sealMessage } from '../packages/client/src/e2ee/messages/message';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { eventually } from '../packages/server/src/testing/waiting';
import { DeceivedWorld } from './support/deceived-world';
import { secretsOf } from './support/device-secrets';
import { flipped, ofAll, ofMessages, withHeader } from './support/lies';
import { SecretPerson } from './support/secret-person';
import type { Json } from './support/tampering-proxy';

/**
 * The real clients and the real server, with whoever took it over in between: what he makes of
 * messages. Whatever it is, nobody is shown a text that was not sent.
 */

type Sealed = Parameters<Parameters<typeof ofMessages>[0]>[0];

const NOBODYS_DEVICE = `${'A'.repeat(21)}A`;
const enveloped = (message: Sealed, change: object) => ({
  ...message,
  envelope: { ...message.envelope, ...change },
});

describe.each(DIALECTS)('a malicious server, on %s: messages', (dialect) => {
  let world: DeceivedWorld;
  let alice: SecretPerson;
  let bob: SecretPerson;
  let chat: Chat;
  beforeAll(async () => {
    world = await DeceivedWorld.start(dialect);
  });
  beforeEach(async () => {
    ({ alice, bob, chat } = await world.begin());
  });
  afterEach(async () => {
    expect(world.invented()).toEqual([]);
    await world.end();
  });
  afterAll(() => world.stop());

  /** Changes what Alice writes, on its way to Bob. */
  const lie = (change: (message: Sealed) => object) => {
    world.proxy.tampering = ofMessages((message) =>
      message.sender_id === alice.id ? change(message) : message,
    );
  };
  /** As a server sends a message that Bob did not have. */
  const slip = (message: object) => {
    const { rev, last_seq } = bob.client.chat(chat.id) as Chat;
    const place = { id: 1e9 + last_seq, chat_id: chat.id, seq: last_seq + 1, rev: rev + 1 };
    world.proxy.inject({ type: 'new_message', message: { ...message, ...place } } as Json);
  };

  const LIES: [what: string, reason: string, change: (message: Sealed) => object][] = [
    ['a flipped bit', 'bad_signature', (m) => enveloped(m, { c: flipped(m.envelope.c) })],
    ['a flipped signature', 'bad_signature', (m) => enveloped(m, { s: flipped(m.envelope.s) })],
    ['a header that is none', 'malformed', (m) => enveloped(m, { h: 'AAAA' })],
    ['another sender', 'misplaced', (m) => ({ ...m, sender_id: bob.id })],
    [
      'another sender, in its header too',
      'unknown_device',
      (m) => ({
        ...withHeader(m, { from: bob.id }),
        sender_id: bob.id,
      }),
    ],
    ['another id', 'misplaced', (m) => ({ ...m, client_message_id: crypto.randomUUID() })],
    ['the mark of an edit', 'misplaced', (m) => ({ ...m, is_edited: true })],
    ['another chat in its header', 'misplaced', (m) => withHeader(m, { chat: chat.id + 1 })],
    ['another epoch', 'bad_signature', (m) => withHeader(m, { epoch: 2 })],
    [
      'a device that nobody has',
      'unknown_device',
      (m) => withHeader(m, { device: NOBODYS_DEVICE }),
    ],
    ['a newer version', 'unsupported_version', (m) => withHeader(m, { v: 2 })],
    ['open text in its place', 'malformed', (m) => ({ ...m, envelope: null, content: 'Invented' })],
    [
      'open text, as of an open chat',
      'malformed',
      ({ envelope: _, ...m }) => ({
        ...m,
        content: 'Invented',
        is_encrypted: false,
      }),
    ],
  ];
  test.each(LIES)('with %s: %s', async (_, reason, change) => {
    lie(change);
    await world.say(alice, chat.id, 'the truth');
    await bob.sees(chat.id, `(${reason})`);
    expect(bob.encryption.stats().opened).toBe(0);
  });

  test('from another chat', async () => {
    const other = await alice.encryption.createGroup('Others', [bob.id]);
    await world.say(alice, other.id, 'for the others');
    await bob.sees(other.id, 'for the others');
    const { envelope, client_message_id } = bob.message(other.id, 'for the others');
    lie((message) => ({ ...message, envelope, client_message_id }));
    await world.say(alice, chat.id, 'for us');
    await bob.sees(chat.id, '(misplaced)');
  });

  test('sent once and delivered twice', async () => {
    await world.say(alice, chat.id, 'pay 100');
    await bob.sees(chat.id, 'pay 100');
    const { envelope, client_message_id } = bob.message(chat.id, 'pay 100');
    const first = bob.message(chat.id, 'pay 100').id;
    lie((message) =>
      message.id === first ? message : { ...message, envelope, client_message_id },
    );
    await world.say(alice, chat.id, 'thank you');
    await bob.sees(chat.id, 'pay 100', '(replayed)');
  });

  test('as they were before an edit', async () => {
    await world.say(alice, chat.id, 'one');
    await bob.sees(chat.id, 'one');
    await alice.sees(chat.id, 'one');
    const { envelope, id } = bob.message(chat.id, 'one');
    const edit = async (text: string) => {
      world.sent.add(text);
      await alice.client.edit(id, text);
    };
    await edit('two');
    await bob.sees(chat.id, 'two');
    lie((message) => ({ ...message, envelope, is_edited: false }));
    await edit('three');
    await bob.sees(chat.id, '(replayed)');
  });

  test('in the place of others, as their edits', async () => {
    await world.say(alice, chat.id, 'one');
    await world.say(alice, chat.id, 'two');
    for (const person of [alice, bob]) await person.sees(chat.id, 'one', 'two');
    const two = bob.message(chat.id, 'two');
    world.proxy.tampering = {
      frames: (frame) =>
        frame.type === 'message_updated'
          ? [
              {
                ...frame,
                message: { ...two, ...messageWith(frame, ['envelope', 'rev']), is_edited: true },
              },
            ]
          : [frame],
    };
    world.sent.add('changed');
    await alice.client.edit(bob.message(chat.id, 'one').id, 'changed');
    await bob.sees(chat.id, 'one', '(misplaced)');
  });

  test('with words of its own beside them', async () => {
    await world.say(alice, chat.id, 'question');
    await bob.sees(chat.id, 'question');
    const reply_to_id = bob.message(chat.id, 'question').id;
    const reactions = [{ emoji: '💩', count: 1, user_ids: [alice.id] }];
    world.proxy.tampering = ofAll(['sender_id', 'content_type'], (object) => ({
      ...object,
      content: 'Invented',
      ...('reactions' in object ? { reactions, mentions: [bob.id] } : {}),
    }));
    world.sent.add('answer');
    await alice.client.send(chat.id, { content: 'answer', reply_to_id });
    await bob.sees(chat.id, 'question', 'answer');
    expect(bob.views(chat.id).at(-1)).toMatchObject({
      text: 'answer',
      reactions: [],
      mentions: [],
      quote: { text: 'question' },
    });
  });

  test('that are said to be deleted: nobody is named who did it', async () => {
    lie((message) => ({ ...message, is_deleted: true }));
    await world.say(alice, chat.id, 'stays');
    await bob.sees(chat.id, '(deleted)');
    expect(bob.views(chat.id)).toEqual([{ state: 'deleted', by: null }]);
  });

  test('in another order, several times, and not at all', async () => {
    const held: Json[] = [];
    let count = 0;
    world.proxy.tampering = {
      frames: (frame) => {
        if (frame.type !== 'new_message') return [frame];
        const turn = count++ % 4;
        if (turn === 0) held.push(frame);
        if (turn === 0 || turn === 1) return [];
        return turn === 2 ? [frame, frame] : [frame, ...held.splice(0), frame];
      },
    };
    const texts = Array.from({ length: 12 }, (_, at) => `message ${at}`);
    for (const text of texts) await world.say(alice, chat.id, text);
    await bob.sees(chat.id, ...texts);
    expect(bob.encryption.stats()).toMatchObject({ refused: {}, waiting: 0 });
  });

  test('of somebody who was removed, under the last key that they had', async () => {
    const mallory = await world.person('mallory');
    const members = await alice.encryption.members(chat.id);
    await members.add(mallory.id);
    await world.say(mallory, chat.id, 'in time');
    await bob.sees(chat.id, 'in time');
    await members.remove(mallory.id);
    await world.say(alice, chat.id, 'among us');
    await bob.sees(chat.id, 'in time', 'among us');
    const { device, signing, epochKey } = await secretsOf(mallory);
    const { envelope } = bob.message(chat.id, 'in time');
    const { epoch } = JSON.parse(Buffer.from(envelope?.h ?? '', 'base64url').toString());
    slip(
      await written(mallory, {
        signing,
        device: device.device_id,
        epoch,
        key: await epochKey(chat.id, epoch),
      }),
    );
    await bob.sees(chat.id, 'in time', 'among us', '(old_epoch)');
  });

  test('of somebody whom it put among the members itself', async () => {
    await world.say(alice, chat.id, 'hello');
    await bob.sees(chat.id, 'hello');
    const mallory = await world.person('mallory');
    const { device, signing } = await secretsOf(mallory);
    slip(
      await written(mallory, {
        signing,
        device: device.device_id,
        epoch: 1,
        key: newEpochKey(),
      }),
    );
    await bob.sees(chat.id, 'hello', '(not_a_member)');
  });

  const callOpen = () => {
    world.proxy.tampering = ofAll(['chat_type', 'is_encrypted'], (object) => ({
      ...object,
      is_encrypted: false,
    }));
  };

  test('to a chat that it calls open now, in the open', async () => {
    await world.say(alice, chat.id, 'closed');
    await bob.sees(chat.id, 'closed');
    callOpen();
    world.proxy.hangUp();
    await bob.until(() => bob.client.connection.name !== 'online' || undefined);
    await bob.until(() => bob.client.connection.name === 'online');
    await world.say(bob, chat.id, 'still closed');
    await alice.sees(chat.id, 'closed', 'still closed');
    const bodies = world.proxy.asked.map(({ body }) => body).join();
    expect(bodies).not.toContain('still closed');
  });

  test('that waited for a connection, in the open before the encryption was started', async () => {
    await world.say(alice, chat.id, 'closed');
    await bob.sees(chat.id, 'closed');
    const { store } = bob;
    await bob.close();
    const outbox = new MemoryOutboxStore();
    world.sent.add('still closed');
    await outbox.put({
      client_message_id: crypto.randomUUID(),
      user_id: bob.id,
      chat_id: chat.id,
      draft: { content: 'still closed' },
      created_at: 1,
      order: 1,
      status: 'queued',
      error: null,
    });
    callOpen();
    const { name } = bob;
    bob = await SecretPerson.make({
      url: world.proxy.url,
      name,
      makeKeys: world.makeKeys,
      store,
      outbox,
    });
    world.people.push(bob);
    await alice.sees(chat.id, 'closed', 'still closed');
    expect(world.proxy.asked.map(({ body }) => body).join()).not.toContain('still closed');
    await eventually(() => bob.client.pending().length === 0, 'the acknowledgement');
  });

  /** A message as somebody seals it by hand. */
  async function written(
    { id }: SecretPerson,
    {
      key,
      signing,
      ...place
    }: {
      key: Uint8Array<ArrayBuffer>;
      signing: CryptoKey;
      device: string;
      epoch: number;
    },
  ): Promise<object> {
    const client_message_id = crypto.randomUUID();
    const full = { ...place, chat: chat.id, from: id, client_message_id };
    const body = { kind: 'message', text: 'Invented' } as const;
    const envelope: Envelope = await sealMessage({ epoch: key, signing }, full, body);
    const shape = bob.client.messages(chat.id).find((one) => one.envelope) as Message;
    return { ...shape, sender_id: id, client_message_id, envelope };
  }
});

/** Some fields of the message in a frame. */
function messageWith(frame: Json, names: readonly string[]): Json {
  const message = frame.message as Json;
  return Object.fromEntries(names.map((name) => [name, message[name]]));
}
