import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { BEHIND_BYTES } from '../features/presence/typing';
import {
  ForgetfulWriter,
  ForgettingNotices,
  HastyWriter,
  IdleWriter,
  OpenHandedWriter,
  RepetitiveWriter,
} from './machine/broken-writers';
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

  sabotaged('3: a sync answer that knows of no pins', '3', () => ({
    garbles: (_, frame) => withoutPins(frame),
  }));

  sabotaged('9: messages that stay when their time is over', '9', () => ({
    writer: (sound) => new IdleWriter(sound, 'messages.expire', { messages: [], recounted: [] }),
  }));

  sabotaged('10: scheduled messages whose time never comes', '10', () => ({
    writer: (sound) => new IdleWriter(sound, 'scheduled.claim', []),
  }));

  sabotaged(
    '10: scheduled messages that are taken off the list before they are sent',
    '10',
    () => ({
      writer: (sound, path) => new HastyWriter(sound, path),
    }),
  );

  sabotaged('7: a socket that survives the end of its session', '7', () => ({
    ignoresClose: 4401,
  }));
});

/** Every message with this text is published with another. */
function rewords(text: string): NonNullable<Sabotage['swallows']> {
  return (message) => {
    if (message.kind === 'chat') {
      message.frame = message.frame.replace(`"content":"${text}"`, '"content":"something else"');
    }
    return false;
  };
}

function withoutPins(text: string): string {
  const frame = JSON.parse(text);
  if (frame.type !== 'ack' || !frame.chats) return text;
  for (const { messages } of Object.values<{ messages: object[] }>(frame.chats)) {
    for (const message of messages) Object.assign(message, { is_pinned: false, pinned_at: null });
  }
  return JSON.stringify(frame);
}

function withoutLastMessage(text: string): string {
  const frame = JSON.parse(text);
  if (frame.type !== 'ack' || !frame.chats) return text;
  for (const chat of Object.values<{ messages: unknown[] }>(frame.chats)) chat.messages.pop();
  return JSON.stringify(frame);
}
