import { afterEach, describe, expect, test } from 'bun:test';
import type { ChatId, UserId } from '@confab/protocol';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { TestUser } from '../packages/server/src/testing/user';
import { history } from './support/history';
import { MortalServer } from './support/mortal-server';
import { peekInto } from './support/peek';
import { PlainSender } from './support/plain-sender';
import { SdkPerson } from './support/sdk-person';

const ROUNDS = 4;
const PER_ROUND = 40;
const PATIENCE_MS = 240_000;

describe.each(DIALECTS)('a server on %s', (dialect) => {
  let server: MortalServer;
  const stop: (() => unknown)[] = [];
  afterEach(async () => {
    for (const run of stop.splice(0)) await run();
    await server.drop();
  });

  /** Three people with the SDK, one of them on two devices, and one with a program of their own. */
  async function gather() {
    server = await MortalServer.start(dialect);
    const people = await Promise.all(
      ['ann', 'ben', 'cem'].map((name) => SdkPerson.register(server.url, name)),
    );
    const dan = await TestUser.register(() => server.url, 'dan');
    const [ann] = people as [SdkPerson, SdkPerson, SdkPerson];
    const memberIds = [...people.slice(1).map((p) => p.client.userId), dan.id as UserId];
    const chat = await ann.client.createGroup('Storm', memberIds);
    const tablet = await ann.anotherDevice(server.url);
    const sender = new PlainSender(server.url, dan, chat.id);
    const apps = [...people, tablet];
    stop.push(() => sender.stop());
    for (const { client } of apps) stop.push(() => client.close());
    return { people, apps, dan, sender, chatId: chat.id };
  }

  /** Everybody writes at once; the server is killed when some of it is acknowledged. */
  async function storm(
    { people, sender, chatId }: Awaited<ReturnType<typeof gather>>,
    round: number,
  ) {
    const before = sender.acknowledged.size;
    for (let n = 0; n < PER_ROUND; n++) {
      sender.send(`dan ${round}.${n}`);
      for (const person of people) await person.say(chatId, `${person.name} ${round}.${n}`);
    }
    await sender.untilAcknowledged(before + round * 7);
    await server.kill();
    await server.start();
    await Promise.all(people.map((person) => person.client.allSent()));
    await sender.untilAcknowledged((round + 1) * PER_ROUND);
  }

  test(
    'that is killed again and again in a storm loses and doubles nothing',
    async () => {
      const scene = await gather();
      const { people, apps, sender, dan, chatId } = scene;
      for (let round = 0; round < ROUNDS; round++) await storm(scene, round);

      const stored = await history(dan, chatId);
      const count = ROUNDS * PER_ROUND * 4;
      expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(new Set(stored.map(({ content }) => content)).size).toBe(count);
      for (const { acknowledged } of [...people, sender]) {
        expect(acknowledged.size).toBe(ROUNDS * PER_ROUND);
        for (const [content, { id, seq }] of acknowledged) {
          expect(stored[seq - 1]).toMatchObject({ id: id as never, content });
        }
      }
      for (const [id, content] of sender.seen) {
        expect(stored.find((message) => message.id === id)?.content).toBe(content);
      }
      expect(sender.doubled).toBe(0);
      for (const app of apps) await expectSame(app, chatId, stored);
      for (const person of people) {
        const own = stored.filter(({ sender_username }) => sender_username === person.name);
        expect(own.map(({ content }) => content)).toEqual(textsOf(person.name));
      }
    },
    PATIENCE_MS,
  );

  /** Until more is committed than the sender has heard of. */
  async function untilCommittedUnheard(sender: PlainSender): Promise<void> {
    const peek = await peekInto(server.database);
    const heard = sender.acknowledged.size;
    let committed = 0;
    // Ends as well when the moment was missed: then there is another round.
    while (
      sender.unacknowledged.size > 0 &&
      (sender.acknowledged.size === heard || committed <= sender.acknowledged.size)
    ) {
      committed = await peek.messages();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peek.close();
  }

  test(
    'that is killed between commit and ack knows the message when it comes again',
    async () => {
      const { sender, dan, chatId } = await gather();
      let known = 0;
      for (let round = 0; known === 0 && round < 20; round++) {
        for (let n = 0; n < 200; n++) sender.send(`dan ${round}.${n}`);
        await untilCommittedUnheard(sender);
        await server.kill();
        const open = new Set(sender.unacknowledged.values());
        await server.start();
        const stored = await history(dan, chatId);
        known += stored.filter(({ content }) => open.has(content)).length;
        await sender.untilAcknowledged((round + 1) * 200);
      }
      expect(known).toBeGreaterThan(0);
      const stored = await history(dan, chatId);
      expect(new Set(stored.map(({ content }) => content)).size).toBe(stored.length);
      expect(stored.length).toBe(sender.acknowledged.size);
    },
    PATIENCE_MS,
  );

  test(
    'that is asked to stop tells its clients, ends with 0, and they carry on with the next',
    async () => {
      const { people, apps, chatId, dan } = await gather();
      const [ann, ben] = people as [SdkPerson, SdkPerson];
      const socket = await dan.connect();
      await ann.say(chatId, 'before');
      await ben.reaches(chatId, 1);
      const exit = server.terminate();
      await ann.say(chatId, 'meanwhile');
      expect(await socket.closed()).toBe(4012);
      expect(await exit).toBe(0);
      await server.start();
      await ben.say(chatId, 'after');
      for (const app of apps) await app.reaches(chatId, 3);
      const stored = await history(dan, chatId);
      expect(stored.map(({ content }) => content).sort()).toEqual(['after', 'before', 'meanwhile']);
      for (const app of apps) await expectSame(app, chatId, stored);
    },
    PATIENCE_MS,
  );
});

const textsOf = (name: string) =>
  Array.from({ length: ROUNDS * PER_ROUND }, (_, i) => {
    return `${name} ${Math.floor(i / PER_ROUND)}.${i % PER_ROUND}`;
  });

/** An app holds the end of what is stored, and was told of each message once and in order. */
async function expectSame(
  app: SdkPerson,
  chatId: ChatId,
  stored: readonly { seq: number; content: string; id: number }[],
) {
  await app.reaches(chatId, stored.length);
  const held = app.client.messages(chatId).map(({ id, seq, content }) => ({ id, seq, content }));
  const all = stored.map(({ id, seq, content }) => ({ id, seq, content }));
  expect(held).toEqual(all.slice(all.length - held.length) as typeof held);
  const told = app.told.get(chatId) ?? [];
  const first = told[0]?.seq ?? 1;
  expect(told).toEqual(all.slice(first - 1).map(({ seq, content }) => ({ seq, content })));
  expect(app.faults).toEqual([]);
}
