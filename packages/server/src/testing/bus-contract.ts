import { afterEach, describe, expect, test } from 'bun:test';
import type { Bus, BusMessage } from '../realtime/bus';
import { Waiting } from './waiting';

export interface BusNodes {
  /** Connected with each other; at least one. */
  nodes: readonly [Bus, ...Bus[]];
  /** What handlers threw, as the nodes reported it. */
  errors: unknown[];
}

const said = (frame: string): BusMessage => ({ kind: 'user', userId: 1, frame });

/** Every message that there is, with every field. */
const SAMPLES: BusMessage[] = [
  said('{"type":"unread","text":"é 👍 \\u0000"}'),
  { kind: 'chat', chatId: 1, rev: 2, frame: '{}', change: { kind: 'content' } },
  { kind: 'chat', chatId: 1, rev: 3, frame: '{}', change: { kind: 'info' } },
  { kind: 'chat', chatId: 1, rev: 4, frame: '{}', change: { kind: 'deleted' } },
  { kind: 'chat', chatId: 1, rev: 5, frame: '{}', change: { kind: 'member_removed', userId: 7 } },
  {
    kind: 'chat',
    chatId: 2 ** 53 - 1,
    rev: 6,
    frame: '{}',
    change: { kind: 'message', messageId: 9, seq: 8, senderId: 7, at: 1_795_000_000_000 },
  },
  {
    kind: 'chat',
    chatId: 1,
    rev: 7,
    frame: '{}',
    change: {
      kind: 'member_added',
      member: {
        memberId: 1,
        userId: 2,
        role: 'admin',
        nickname: null,
        isMuted: true,
        mutedUntil: 1_795_000_000_000,
        level: 'all',
        joinedAt: 1,
        readSeq: 2,
        deliveredSeq: 3,
        readAt: null,
        deliveredAt: 4,
      },
    },
  },
  { kind: 'membership', userId: 1, chatId: 2, rev: 3, joined: false },
  { kind: 'watermarks', chatId: 1, marks: [{ userId: 1, readSeq: 2, deliveredSeq: 3, at: 4 }] },
  { kind: 'typing', chatId: 1, userId: 2, active: true },
  { kind: 'presence', userId: 1, online: false, lastSeen: null },
  { kind: 'session_ended', userId: 1, sessionIds: [1, 2] },
  { kind: 'profile', userId: 1 },
  { kind: 'block', userId: 1, otherId: 2, blocked: true, turned: false },
  {
    kind: 'privacy',
    userId: 1,
    before: { lastSeen: 'everyone', readReceipts: 'contacts' },
    after: { lastSeen: 'nobody', readReceipts: 'everyone' },
  },
];

/** What every bus promises; `make` gives nodes of a fresh one. */
export function busContract(name: string, make: () => Promise<BusNodes>): void {
  describe(`the ${name} bus`, () => {
    let all: BusNodes;
    afterEach(async () => {
      for (const node of all.nodes) await node.close();
    });

    /** Collects what a node hears. */
    function listen(node: Bus) {
      const heard: BusMessage[] = [];
      const waiting = new Waiting();
      node.subscribe((message) => {
        heard.push(message);
        waiting.changed();
      });
      const atLeast = (count: number) =>
        waiting.until(
          () => heard.length >= count && heard,
          () => `Heard ${heard.length} of ${count} messages`,
        );
      return { heard, atLeast };
    }
    const frames = (heard: readonly BusMessage[]) =>
      heard.map((message) => (message.kind === 'user' ? message.frame : message.kind));

    test('carries every message to every node, the publishing one included, once', async () => {
      all = await make();
      const ears = all.nodes.map(listen);
      for (const message of SAMPLES) all.nodes[0].publish(message);
      all.nodes[0].publish(said('end'));
      for (const ear of ears) {
        await ear.atLeast(SAMPLES.length + 1);
        expect(ear.heard).toEqual([...SAMPLES, said('end')]);
      }
    });

    test('keeps the order of one publisher', async () => {
      all = await make();
      const ears = all.nodes.map(listen);
      const texts = Array.from({ length: 500 }, (_, i) => `m${i}`);
      for (const text of texts) all.nodes[0].publish(said(text));
      for (const ear of ears) expect(frames(await ear.atLeast(500))).toEqual(texts);
    });

    test('puts what a handler publishes after what it was called for, for everybody', async () => {
      all = await make();
      const [node] = all.nodes;
      node.subscribe((message) => {
        if (message.kind === 'user' && message.frame === 'ask') node.publish(said('answer'));
      });
      const ears = all.nodes.map(listen);
      node.publish(said('ask'));
      for (const ear of ears) expect(frames(await ear.atLeast(2))).toEqual(['ask', 'answer']);
    });

    test('keeps nothing from the others when a handler throws, and reports it', async () => {
      all = await make();
      const [node] = all.nodes;
      node.subscribe(() => {
        throw new Error('handler');
      });
      const ears = all.nodes.map(listen);
      for (const text of ['a', 'b']) node.publish(said(text));
      for (const ear of ears) expect(frames(await ear.atLeast(2))).toEqual(['a', 'b']);
      expect(all.errors.map(String)).toEqual(['Error: handler', 'Error: handler']);
    });

    test('stops at an unsubscribe, of that subscription alone', async () => {
      all = await make();
      const [node] = all.nodes;
      const heard: BusMessage[] = [];
      const handler = (message: BusMessage) => void heard.push(message);
      const [first, second] = [node.subscribe(handler), node.subscribe(handler)];
      const ear = listen(node);
      node.publish(said('both'));
      await ear.atLeast(1);
      first();
      first();
      node.publish(said('one'));
      await ear.atLeast(2);
      second();
      node.publish(said('none'));
      await ear.atLeast(3);
      expect(frames(heard)).toEqual(['both', 'both', 'one']);
    });

    test('can be reached, and is silent once it is closed', async () => {
      all = await make();
      const [node] = all.nodes;
      await node.ping();
      const ear = listen(node);
      await node.close();
      node.publish(said('too late'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(ear.heard).toEqual([]);
    });
  });
}
