import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { databaseLocation } from '../../app/server';
import { readSettings } from '../../config/settings';
import type { BusMessage } from '../../realtime/bus';
import { type Database, openDatabase } from '../../storage/database';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { ManualClock } from '../../testing/manual-clock';
import { eventually } from '../../testing/waiting';
import { createGroup } from '../chats/create-writes';
import { editMessage } from '../messages/change-writes';
import { sendMessage } from '../messages/send-write';
import { createUser } from '../users';
import { SearchFollower } from './follower';
import { indexProgress } from './progress';

describe.each(DIALECTS)('how the search index follows on %s', (dialect) => {
  let files: TestDatabase;
  let database: Database;
  let userId = 0;
  const errors: unknown[] = [];

  beforeAll(async () => {
    files = await testDatabase(dialect);
    database = await openDatabase(databaseLocation(readSettings(files.env)));
    const user = { username: 'ann', email: 'ann@x.org', passwordHash: 'x', fullName: null, at: 1 };
    userId = await database.committer.submit(createUser, user, 0);
  });
  afterAll(async () => {
    await database.close();
    await files.drop();
  });

  const group = (): Promise<number> => {
    const shape = { name: 'G', description: null, avatarUrl: null, at: 1 };
    return database.committer.submit(createGroup, { ...shape, ownerId: userId, memberIds: [] }, 0);
  };

  const send = async (chatId: number): Promise<number> => {
    const empty = { replyToId: null, clientMessageId: null, contentType: 'text' } as const;
    const input = { chatId, senderId: userId, content: 'hello', at: 1, ...empty };
    return (await database.committer.submit(sendMessage, input, chatId)).id;
  };

  const follower = (clock: ManualClock, queued = () => 0) =>
    new SearchFollower({
      clock,
      background: database.background,
      progress: indexProgress(database.read),
      queued,
      onError: (error) => errors.push(error),
    });

  const told = (chatId: number, kind: 'message' | 'content'): BusMessage => ({
    kind: 'chat',
    chatId,
    rev: 1,
    frame: '',
    change: kind === 'content' ? { kind } : { kind, messageId: 1, seq: 1, senderId: userId, at: 1 },
  });

  const indexedUpTo = async (chatId: number) => {
    const rows = await database.read
      .selectFrom('search_progress')
      .select('seq')
      .where('chat_id', '=', chatId)
      .execute();
    return rows[0]?.seq ?? 0;
  };

  /** Turns the clock until it is so. */
  const turning = (clock: ManualClock, isSo: () => Promise<boolean>, what: string) =>
    eventually(async () => {
      clock.advance(100);
      return isSo();
    }, what);

  test('it begins with what was left undone, chat after chat', async () => {
    const chats = [await group(), await group()];
    for (const chatId of chats) for (let i = 0; i < 120; i++) await send(chatId);
    const clock = new ManualClock();
    const index = follower(clock);
    index.start();
    for (const chatId of chats) {
      await turning(clock, async () => (await indexedUpTo(chatId)) === 120, 'the whole index');
    }
    await index.stop();
    expect(errors).toEqual([]);
  });

  test('new messages wait a moment for others, and go in together', async () => {
    const clock = new ManualClock();
    const index = follower(clock);
    await index.catchUp();
    const chatId = await group();
    for (let i = 0; i < 3; i++) {
      await send(chatId);
      index.follow(told(chatId, 'message'));
    }
    clock.advance(900);
    expect(await indexedUpTo(chatId)).toBe(0);
    await turning(clock, async () => (await indexedUpTo(chatId)) === 3, 'the index of three');
    await index.stop();
  });

  test('it lets others write first', async () => {
    let queued = 5;
    const clock = new ManualClock();
    const index = follower(clock, () => queued);
    const chatId = await group();
    await send(chatId);
    index.follow(told(chatId, 'message'));
    clock.advance(5000);
    await database.committer.submit(createUser, { ...someone(), at: 1 }, 0);
    expect(await indexedUpTo(chatId)).toBe(0);
    queued = 0;
    await turning(clock, async () => (await indexedUpTo(chatId)) === 1, 'the index');
    await index.stop();
  });

  test('it follows edits, also those that no event told of', async () => {
    const clock = new ManualClock();
    const index = follower(clock);
    const chatId = await group();
    const messageId = await send(chatId);
    await index.catchUp();
    index.start();
    const input = { chatId, messageId, actorId: userId, wanted: null, at: 2 };
    await database.committer.submit(editMessage, { ...input, content: 'bye' }, chatId);
    const isDone = async () => !(await indexProgress(database.read).hasChanges());
    expect(await isDone()).toBe(false);
    await turning(clock, isDone, 'the end of changes');
    await index.stop();
  });

  test('after a failure it looks again for what is to be done', async () => {
    const chatId = await group();
    await send(chatId);
    const clock = new ManualClock();
    const failed: unknown[] = [];
    const progress = indexProgress(database.read);
    const index = new SearchFollower({
      clock,
      background: database.background,
      progress: {
        ...progress,
        behindAfter: (after) =>
          failed.length === 0 ? Promise.reject(new Error('no')) : progress.behindAfter(after),
      },
      queued: () => 0,
      onError: (error) => failed.push(error),
    });
    index.start();
    await turning(clock, async () => failed.length === 1, 'the failure');
    index.follow(told(await group(), 'message'));
    await turning(clock, async () => (await indexedUpTo(chatId)) === 1, 'the index');
    await index.stop();
  });

  let people = 0;
  const someone = () => {
    const username = `someone${++people}`;
    return { username, email: `${username}@x.org`, passwordHash: 'x', fullName: null };
  };
});
