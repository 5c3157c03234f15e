import { expect, test } from 'bun:test';
import type { ErrorCode } from '@confab/protocol';
import fc from 'fast-check';
import { FakeServer } from './testing/fake-server';
import { Harness, type Seat, texts } from './testing/harness';

type Step =
  | { do: 'send'; by: number; to: number }
  | { do: 'kill' | 'drop' | 'lose ack' | 'lose event' | 'heartbeat' | 'restart client' }
  | { do: 'refuse'; code: ErrorCode }
  | { do: 'pass'; ms: number };

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('send' as const), by: fc.nat(1), to: fc.nat(1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('kill', 'drop', 'lose ack', 'lose event', 'heartbeat', 'restart client'),
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('refuse' as const),
      code: fc.constantFrom<ErrorCode>('rate_limited', 'overloaded', 'internal'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(0, 10, 200, 1_000, 5_000),
    }),
  },
);

/** Two users in two chats, and a server that dies, forgets to answer and loses events. */
class Story {
  readonly server = new FakeServer();
  readonly harness = new Harness(this.server);
  readonly users = ['alice', 'bob'].map((name) => this.server.addUser(name));
  readonly chats = [
    this.server.addChat(null, this.users),
    this.server.addChat('group', this.users),
  ];
  readonly seats: Seat[] = [];
  /** What was sent into each chat by each user, in order. */
  readonly sent = new Map<string, string[]>();
  #count = 0;

  async run(steps: readonly Step[]): Promise<void> {
    for (const user of this.users) this.seats.push(await this.harness.connected(user));
    for (const step of steps) await this.#step(step);
    await this.#settle();
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'send':
        return this.#send(step.by, step.to);
      case 'pass':
        this.server.start();
        return this.harness.time.advance(step.ms);
      case 'kill':
        return this.server.kill();
      case 'drop':
        return this.server.dropAll(4012);
      case 'lose ack':
        this.server.beforeAck = () => {
          this.server.beforeAck = () => {};
          this.server.kill();
        };
        return;
      case 'lose event':
        this.server.delivers = () => {
          this.server.delivers = () => true;
          return false;
        };
        return;
      case 'refuse':
        this.server.refusals.push({ type: 'send_message', code: step.code });
        return;
      case 'heartbeat':
        return this.server.heartbeat();
      case 'restart client':
        return this.#restart();
    }
  }

  async #send(by: number, to: number): Promise<void> {
    const [seat, chat] = [this.seats[by], this.chats[to]];
    if (!seat || !chat) return;
    const text = `message ${++this.#count}`;
    const key = `${by} ${to}`;
    this.sent.set(key, [...(this.sent.get(key) ?? []), text]);
    await seat.client.send(chat.id, text);
  }

  /** Alice's program ends and starts again, with what it saved. */
  async #restart(): Promise<void> {
    const [seat, user] = [this.seats[0], this.users[0]];
    if (!seat || !user) return;
    await seat.client.close();
    const next = this.harness.seat(user, seat);
    this.seats[0] = next;
    void next.client.connect().catch(() => {});
    await this.harness.time.advance(0);
  }

  async #settle(): Promise<void> {
    this.server.start();
    this.server.beforeAck = () => {};
    this.server.delivers = () => true;
    await this.harness.time.advance(120_000);
    this.server.heartbeat();
    await this.harness.time.advance(10_000);
  }
}

test('whatever breaks, every message arrives once, in its order, at everybody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf, { maxLength: 40, size: 'max' }), async (steps) => {
      const story = new Story();
      await story.run(steps);
      for (const [to, chat] of story.chats.entries()) {
        for (const [by, user] of story.users.entries()) {
          const own = chat.messages.filter((message) => message.sender_id === user.id);
          expect(texts(own)).toEqual(story.sent.get(`${by} ${to}`) ?? []);
        }
        for (const { client } of story.seats) {
          expect(texts(client.messages(chat.id))).toEqual(texts(chat.messages).slice(-50));
          expect(client.pending()).toEqual([]);
        }
      }
      // The observers within the seats throw at a message that comes twice or out of order.
      for (const { faults } of story.seats) expect(faults).toEqual([]);
      const heard = story.seats[1]?.heard.filter((m) => m.chat_id === story.chats[0]?.id) ?? [];
      expect(texts(heard)).toEqual(texts(story.chats[0]?.messages ?? []));
    }),
    { numRuns: Number(process.env.RUNS ?? 40), includeErrorInReport: true },
  );
}, 60_000);
