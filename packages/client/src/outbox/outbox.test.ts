import { beforeEach, describe, expect, test } from 'bun:test';
import type { Ack, ChatId, MessageId, UserId } from '@confab/protocol';
import { ClientError } from '../errors';
import { FakeTime } from '../testing/fake-time';
import { MemoryOutboxStore, type OutboxChange } from './entry';
import { type Deliver, Outbox } from './outbox';

const [A, B] = [1 as ChatId, 2 as ChatId];

let time: FakeTime;
let store: MemoryOutboxStore;
let changes: OutboxChange[];
/** What was tried, and how each try is to end. */
let tried: { text: string; answer: (error?: ClientError) => void }[];
let user: UserId;
let outbox: Outbox;

beforeEach(() => {
  time = new FakeTime();
  store = new MemoryOutboxStore();
  changes = [];
  tried = [];
  user = 7 as UserId;
  outbox = make(store);
});

let uuids = 0;
const deliver: Deliver = ({ content }) =>
  new Promise((resolve, reject) => {
    const seq = tried.length + 1;
    const ack = { message_id: seq as MessageId, seq, rev: seq, created_at: '', duplicate: false };
    const answer = (error?: ClientError) =>
      error ? reject(error) : resolve(ack as Ack<'send_message'>);
    tried.push({ text: String(content), answer });
  });

function make(on: MemoryOutboxStore, window?: number): Outbox {
  return new Outbox({
    store: on,
    runtime: {
      now: time.now,
      setTimer: time.setTimer,
      random: () => 0,
      uuid: () => `id-${++uuids}`,
    },
    deliver,
    onChange: (change) => changes.push(change),
    onFault: (fault) => {
      throw fault;
    },
    user: () => user,
    ...(window === undefined ? {} : { window }),
  });
}

const add = (chat: ChatId, content: string) => outbox.add(chat, { content });
const texts = () => tried.map((one) => one.text);
const last = () => tried.at(-1) ?? { answer: () => {} };
const refusal = (code: 'rate_limited' | 'internal' | 'too_large', retryAfter?: number) =>
  new ClientError(code, code, { temporary: code !== 'too_large', retryAfter });

describe('an outbox', () => {
  test('sends nothing before it is online, nor before the message is safe', async () => {
    await add(A, 'one');
    expect(texts()).toEqual([]);
    let saved = () => {};
    store.put = () => new Promise((resolve) => (saved = resolve));
    outbox.online();
    expect(texts()).toEqual(['one']);
    last().answer();
    const adding = add(A, 'two');
    await time.advance(0);
    expect(texts()).toEqual(['one']);
    saved();
    await adding;
    expect(texts()).toEqual(['one', 'two']);
  });

  test('has one message of a chat under way, and several chats', async () => {
    for (const [chat, text] of [
      [A, 'a1'],
      [A, 'a2'],
      [B, 'b1'],
      [B, 'b2'],
    ] as const) {
      await add(chat, text);
    }
    outbox.online();
    expect(texts()).toEqual(['a1', 'b1']);
    tried[1]?.answer();
    await time.advance(0);
    expect(texts()).toEqual(['a1', 'b1', 'b2']);
  });

  test('has no more under way than its window', async () => {
    outbox = make(store, 2);
    for (let chat = 1; chat <= 5; chat++) await add(chat as ChatId, `chat ${chat}`);
    outbox.online();
    expect(texts()).toHaveLength(2);
    last().answer();
    await time.advance(0);
    expect(texts()).toHaveLength(3);
  });

  test('sends what was under way again after a loss, in the old order', async () => {
    await add(A, 'one');
    await add(A, 'two');
    outbox.online();
    outbox.offline();
    last().answer(new ClientError('disconnected', ''));
    await time.advance(10_000);
    expect(texts()).toEqual(['one']);
    outbox.online();
    last().answer();
    await time.advance(0);
    expect(texts()).toEqual(['one', 'one', 'two']);
  });

  test('keeps a message that is refused for good, and goes on with the next', async () => {
    const entry = await add(A, 'too long');
    await add(A, 'short');
    outbox.online();
    last().answer(refusal('too_large'));
    await time.advance(0);
    expect(texts()).toEqual(['too long', 'short']);
    expect(outbox.entries()[0]).toMatchObject({ status: 'failed', error: { code: 'too_large' } });
    expect((await store.load())[0]?.status).toBe('failed');
    last().answer();
    await time.advance(0);
    await outbox.idle();
    await outbox.retry(entry.client_message_id);
    expect(texts()).toEqual(['too long', 'short', 'too long']);
    outbox.discard(entry.client_message_id);
    expect(outbox.entries()).toEqual([]);
    expect(await store.load()).toEqual([]);
    expect(changes.map((change) => change.type)).toEqual([
      'adding',
      'queued',
      'adding',
      'queued',
      'failed',
      'sent',
      'queued',
      'discarded',
    ]);
  });

  test('stops for all chats while the user may not send, as long as the server says', async () => {
    await add(A, 'a1');
    await add(A, 'a2');
    outbox.online();
    last().answer(refusal('rate_limited', 3));
    await add(B, 'b1');
    await time.advance(2_900);
    expect(texts()).toEqual(['a1']);
    await time.advance(200);
    expect(texts()).toEqual(['a1', 'a1', 'b1']);
  });

  test('waits longer and longer for a chat that fails, then gives the message up', async () => {
    await add(A, 'poison');
    await add(A, 'after it');
    await add(B, 'elsewhere');
    outbox.online();
    expect(texts()).toEqual(['poison', 'elsewhere']);
    const starts: number[] = [];
    tried[0]?.answer(refusal('internal'));
    const began = time.now();
    for (let tries = 1; tries < 8; tries++) {
      const before = tried.length;
      while (tried.length === before) await time.advance(100);
      starts.push(time.now() - began);
      last().answer(refusal('internal'));
    }
    await time.advance(0);
    // Half of 1, 2, 4, 8, 16, 30, 30 s, one after the other.
    expect(starts).toEqual([500, 1500, 3500, 7500, 15500, 30500, 45500]);
    expect(outbox.entries().find((entry) => entry.status === 'failed')?.draft.content).toBe(
      'poison',
    );
    expect(texts().at(-1)).toBe('after it');
  });

  test('forgets a message that came back as one of the chat', async () => {
    const { client_message_id } = await add(A, 'one');
    await add(A, 'two');
    outbox.online();
    outbox.settle(client_message_id, 9 as MessageId, 5);
    expect(texts()).toEqual(['one', 'two']);
    tried[0]?.answer();
    await time.advance(0);
    expect(changes.filter((change) => change.type === 'sent')).toHaveLength(1);
  });

  test('goes on with what an earlier run left, in order', async () => {
    await add(A, 'one');
    await add(A, 'two');
    const next = make(store);
    await next.load();
    next.online();
    expect(texts()).toEqual(['one']);
    last().answer();
    await time.advance(0);
    expect(texts()).toEqual(['one', 'two']);
  });

  test('never sends what somebody else wrote', async () => {
    await add(A, "alice's");
    user = 8 as UserId;
    const next = make(store);
    await next.load();
    next.online();
    await next.idle();
    expect(texts()).toEqual([]);
    expect(next.entries()).toEqual([]);
    expect(await store.load()).toHaveLength(1);
  });

  test('takes over what another client left in the store, and lets go what that one discarded', async () => {
    const other = make(store);
    const theirs = await other.add(A, { content: 'theirs' });
    await outbox.refresh();
    expect(changes.at(-1)).toEqual({ type: 'queued', entry: theirs });
    const mine = await add(A, 'mine');
    other.discard(theirs.client_message_id);
    await outbox.refresh();
    expect(changes.at(-1)).toEqual({ type: 'discarded', entry: theirs });
    expect(outbox.entries()).toEqual([mine]);
    outbox.online();
    expect(texts()).toEqual(['mine']);
  });

  test('takes nothing over that it sent while the store was asked', async () => {
    await add(A, 'one');
    const { load } = MemoryOutboxStore.prototype;
    store.load = async () => {
      const entries = await load.call(store);
      outbox.online();
      last().answer();
      await time.advance(0);
      return entries;
    };
    await outbox.refresh();
    expect(outbox.entries()).toEqual([]);
    expect(texts()).toEqual(['one']);
  });

  test('keeps what is on its way, whoever takes it out of the store', async () => {
    const { client_message_id } = await add(A, 'one');
    outbox.online();
    await store.remove(client_message_id);
    await outbox.refresh();
    expect(outbox.entries()).toHaveLength(1);
  });

  test('does not take a message that its store cannot keep', async () => {
    store.put = () => Promise.reject(new Error('disk full'));
    outbox.online();
    await expect(add(A, 'one')).rejects.toThrow('disk full');
    await outbox.idle();
    expect(outbox.entries()).toEqual([]);
    expect(changes.map((change) => change.type)).toEqual(['adding', 'discarded']);
  });
});
