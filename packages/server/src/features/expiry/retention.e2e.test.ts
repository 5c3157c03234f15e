import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { databaseLocation } from '../../app/server';
import { readSettings } from '../../config/settings';
import { MemoryBus } from '../../realtime/bus';
import { type Database, openDatabase } from '../../storage/database';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { eventually } from '../../testing/waiting';
import { ChatRepository, ChatStates, createGroup } from '../chats';
import { sendMessage } from '../messages';
import { createUser } from '../users';
import { ExpiryRepository } from './repository';
import { ExpirySweeper } from './sweeper';

const DAY_MS = 86_400_000;

describe.each(DIALECTS)('what a server keeps for a while on %s', (dialect) => {
  let files: TestDatabase;
  let database: Database;
  let clock: ManualClock;
  let sweeper: ExpirySweeper;
  let retention: number | null;
  let told: string[];
  let ann: number;

  beforeEach(async () => {
    files = await testDatabase(dialect);
    database = await openDatabase(databaseLocation(readSettings(files.env)));
    [clock, retention, told] = [new ManualClock(), 30 * DAY_MS, []];
    const user = { username: 'ann', email: 'a@x.org', passwordHash: 'x', fullName: null, at: 1 };
    ann = await database.committer.submit(createUser, user, 0);
    sweeper = make();
  });
  afterEach(async () => {
    await sweeper.stop();
    await database.close();
    await files.drop();
  });

  function make() {
    const bus = new MemoryBus();
    bus.subscribe((message) => {
      if (message.kind === 'chat') told.push(JSON.parse(message.frame).type);
    });
    return new ExpirySweeper({
      clock,
      bus,
      expiry: new ExpiryRepository(database.read),
      states: new ChatStates(new ChatRepository(database.read)),
      committer: database.committer,
      retentionMs: () => retention,
      onErased: () => {},
      tellUnread: () => {},
      viewOf: () => ({ now: clock.now(), letsBeRead: true, letsBeDelivered: () => true }),
      prepareView: async () => {},
      onError: (error) => {
        throw error;
      },
    });
  }
  const group = () => {
    const shape = { name: 'G', description: null, avatarUrl: null, at: 1 };
    return database.committer.submit(createGroup, { ...shape, ownerId: ann, memberIds: [] }, 0);
  };
  const send = (chatId: number, daysAgo: number) => {
    const at = clock.now() - daysAgo * DAY_MS;
    const rest = { replyToId: null, clientMessageId: null, contentType: 'text' as const };
    const input = { chatId, senderId: ann, content: `${daysAgo}`, at, ...rest };
    return database.committer.submit(sendMessage, input, chatId);
  };
  const left = async () => {
    const rows = await database.read
      .selectFrom('messages')
      .select('content')
      .where('is_deleted', '=', 0)
      .orderBy('id')
      .execute();
    return rows.map((row) => row.content);
  };
  const marked = () => new ExpiryRepository(database.read).retentionMark();

  test('is erased when it is older, in every chat, and told', async () => {
    const chats = [await group(), await group()] as const;
    for (const daysAgo of [90, 31, 30, 29, 0]) for (const chat of chats) await send(chat, daysAgo);
    await sweeper.run();
    expect(await left()).toEqual(['30', '30', '29', '29', '0', '0']);
    expect(told).toEqual(Array(4).fill('message_deleted'));
  });

  test('is all there is while there is no such setting', async () => {
    const chat = await group();
    await send(chat, 5000);
    retention = null;
    await sweeper.run();
    expect(await left()).toEqual(['5000']);
    expect(await marked()).toBe(0);
  });

  test('is gone through once, in small steps, and not again after a restart', async () => {
    const chat = await group();
    const sent = await Promise.all(Array.from({ length: 1203 }, () => send(chat, 40)));
    await send(chat, 10);
    await sweeper.run();
    expect(await left()).toEqual(['10']);
    expect(await marked()).toBe(Math.max(...sent.map((message) => message.id)));
    sweeper = make();
    told = [];
    await sweeper.run();
    expect(told).toEqual([]);
    clock.advance(25 * DAY_MS);
    await sweeper.run();
    expect(await left()).toEqual([]);
  });

  test('is found behind younger ones of a clock that was wrong', async () => {
    const chat = await group();
    for (const daysAgo of [40, 1, 40]) await send(chat, daysAgo);
    await sweeper.run();
    expect(await left()).toEqual(['1']);
  });

  test('is looked at again and again by itself', async () => {
    const chat = await group();
    await send(chat, 29);
    sweeper.start();
    await sweeper.run();
    clock.advance(2 * DAY_MS);
    await eventually(async () => (await left()).length === 0, 'the erasure');
  });
});
