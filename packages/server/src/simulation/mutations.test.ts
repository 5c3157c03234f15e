import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, rmSync } from 'node:fs';
import { BEHIND_BYTES } from '../features/presence/typing';
import { SqliteConnection } from '../storage/sqlite';
import type { Writer } from './machine/executor';
import type { Sabotage } from './machine/sabotage';
import { StoreTemplate } from './machine/store';
import { simulate } from './simulate';
import { BrokenPromise } from './world';

/** In so many seeds at most every broken part must show. */
const SEEDS = 40;
/** More than otherwise: a broken part shows the sooner. */
const STEPS = 120;
const PATIENCE_MS = 120_000;

let template: StoreTemplate;
beforeAll(async () => {
  template = await StoreTemplate.make();
});
afterAll(() => template.drop());

/**
 * Goes through the seeds until the promise breaks. Another one may break before in some of them, as
 * one fault shows in several ways.
 * @returns the promise, or those that broke in its place
 */
async function breaks(promise: string, sabotage: () => Sabotage): Promise<string> {
  const others = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await simulate(seed, template, { sabotage: sabotage(), steps: STEPS });
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof BrokenPromise)) throw error;
      if (cause.promise === promise) return promise;
      others.add(cause.promise);
    }
  }
  return others.size === 0 ? 'none' : `not ${promise}, but ${[...others].sort()}`;
}

const sabotaged = (name: string, promise: string, sabotage: () => Sabotage) =>
  test(
    name,
    async () => {
      expect(await breaks(promise, sabotage)).toBe(promise);
    },
    PATIENCE_MS,
  );

const typeOf = (frame: string) => JSON.parse(frame).type as string;

/** Something that happens at the nth time only. */
function once(n: number): () => boolean {
  let count = 0;
  return () => ++count === n;
}

describe('the simulation notices', () => {
  sabotaged('1: a database that forgets its last commit in a crash', '1', () => ({
    writer: (sound, path) => new ForgetfulWriter(sound, path),
  }));

  sabotaged('1: a message that is told of with another text than was stored', '3', () => ({
    swallows: rewords('text 5'),
  }));

  sabotaged('2: a server that does not know a message that it has had before', '2', () => ({
    writer: (sound) => new OpenHandedWriter(sound),
  }));

  sabotaged('2: an id that is given twice', 'model', () => ({
    writer: (sound) => new RepetitiveWriter(sound),
  }));

  sabotaged('3: a message that one member does not get', '3', () => {
    const isNth = once(20);
    return { loses: (_, frame) => typeOf(frame) === 'new_message' && isNth() };
  });

  sabotaged('3: a change that nobody is told of', '3', () => {
    const isNth = once(10);
    return { swallows: (message) => message.kind === 'chat' && isNth() };
  });

  sabotaged('3: a sync answer that leaves its last message out', '3', () => ({
    garbles: (_, frame) => withoutLastMessage(frame),
  }));

  sabotaged('4: a read state that does not follow across devices', '4', () => ({
    swallows: (message) => message.kind === 'user' && typeOf(message.frame) === 'unread',
  }));

  sabotaged('5: messages that count as delivered while they wait to be sent', '5', () => ({
    // What is further behind is seen, so that promise 6 holds.
    unsentBytes: (bytes) => (bytes > BEHIND_BYTES ? bytes : 0),
  }));

  sabotaged('6: a slow reader that is not cut off', '6', () => ({
    unsentBytes: (bytes) => Math.min(bytes, 60_000),
  }));

  sabotaged('7: a socket that goes on hearing a chat after its user was removed', '7', () => ({
    deafToUnsubscribe: true,
  }));

  sabotaged('8: a mention of which somebody is notified twice', '8', () => ({
    writer: (sound, path) => new ForgettingNotices(sound, path),
  }));

  sabotaged('8: a block that nobody hears of', '8', () => ({
    swallows: (message) => message.kind === 'block',
  }));

  sabotaged('7: a socket that survives the end of its session', '7', () => ({
    ignoresClose: 4401,
  }));
});

/** Forgets of every third mention that it was notified of. */
class ForgettingNotices implements Writer {
  readonly #sound: Writer;
  readonly #path: string;
  #count = 0;

  constructor(sound: Writer, path: string) {
    this.#sound = sound;
    this.#path = path;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const outcomes = await this.#sound.run(items);
    const isMention = items.some(({ write }) => write === 'notifications.mentions');
    if (!isMention || ++this.#count % 3 !== 0) return outcomes;
    const connection = new SqliteConnection(this.#path);
    connection.raw.exec('update mentions set notified = 0');
    connection.close();
    return outcomes;
  }

  close() {
    this.#sound.close();
  }
}

/** Each batch is on disk only when the next one is, as without fsync. */
class ForgetfulWriter implements Writer {
  readonly #sound: Writer;
  readonly #path: string;

  constructor(sound: Writer, path: string) {
    this.#sound = sound;
    this.#path = path;
  }

  run(items: Parameters<Writer['run']>[0]) {
    const connection = new SqliteConnection(this.#path);
    connection.raw.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    connection.close();
    copyFileSync(this.#path, `${this.#path}.before`);
    return this.#sound.run(items);
  }

  close() {
    this.#sound.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.#path}${end}`, { force: true });
    copyFileSync(`${this.#path}.before`, this.#path);
  }
}

/** Takes every message, whether it had it before or not. */
class OpenHandedWriter implements Writer {
  readonly #sound: Writer;
  readonly #seen = new Set<string>();

  constructor(sound: Writer) {
    this.#sound = sound;
  }

  run(items: Parameters<Writer['run']>[0]) {
    return this.#sound.run(
      items.map(({ write, input }) => {
        const { clientMessageId } = input as { clientMessageId?: string };
        const isKnown = clientMessageId !== undefined && this.#seen.has(clientMessageId);
        if (clientMessageId) this.#seen.add(clientMessageId);
        const altered = { ...(input as object), clientMessageId: crypto.randomUUID() };
        return { write, input: isKnown ? altered : input };
      }),
    );
  }

  close() {
    this.#sound.close();
  }
}

/** Gives the id of the message before to every tenth. */
class RepetitiveWriter implements Writer {
  readonly #sound: Writer;
  #count = 0;
  #last = 0;

  constructor(sound: Writer) {
    this.#sound = sound;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const outcomes = await this.#sound.run(items);
    items.forEach(({ write }, i) => {
      const outcome = outcomes[i];
      if (write !== 'messages.send' || !outcome?.ok) return;
      const sent = outcome.value as { id: number };
      if (++this.#count % 10 === 0) sent.id = this.#last;
      this.#last = sent.id;
    });
    return outcomes;
  }

  close() {
    this.#sound.close();
  }
}

/** Every message with this text is published with another. */
function rewords(text: string): NonNullable<Sabotage['swallows']> {
  return (message) => {
    if (message.kind === 'chat') {
      message.frame = message.frame.replace(`"content":"${text}"`, '"content":"something else"');
    }
    return false;
  };
}

function withoutLastMessage(text: string): string {
  const frame = JSON.parse(text);
  if (frame.type !== 'ack' || !frame.chats) return text;
  for (const chat of Object.values<{ messages: unknown[] }>(frame.chats)) chat.messages.pop();
  return JSON.stringify(frame);
}
