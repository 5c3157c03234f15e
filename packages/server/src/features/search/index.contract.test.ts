import { Database as Sqlite } from 'bun:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { databaseLocation } from '../../app/server';
import { readSettings } from '../../config/settings';
import { type Database, openDatabase } from '../../storage/database';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { deleteChat, eraseChat, removeMember } from '../chats/change-writes';
import { createGroup } from '../chats/create-writes';
import { deleteMessage, editMessage } from '../messages/change-writes';
import { sendMessage } from '../messages/send-write';
import { createUser } from '../users';
import { type FoundPage, findMessages, type Position, type SearchInput, startOf } from './find';
import { fold } from './fold';
import { followChanges, indexChats, tidyIndex } from './index-writes';
import { containsAll, termsOf } from './terms';

type Step =
  | { kind: 'send'; content: string }
  | { kind: 'edit'; content: string; at: number }
  | { kind: 'delete'; at: number }
  | { kind: 'index' | 'follow'; messages: number };

const NO_FILTERS = {
  chatId: null,
  senderId: null,
  contentType: null,
  sentBefore: null,
  sentAfter: null,
  hasMedia: null,
};

describe.each(DIALECTS)('the search index on %s', (dialect) => {
  let files: TestDatabase;
  let database: Database;
  let [ann, bob]: [number, number] = [0, 0];
  let groups = 0;

  beforeAll(async () => {
    files = await testDatabase(dialect);
    database = await openDatabase(databaseLocation(readSettings(files.env)));
    [ann, bob] = (await Promise.all(
      ['ann', 'bob'].map((username) => {
        const user = { username, email: `${username}@x.org`, passwordHash: 'x', fullName: null };
        return database.committer.submit(createUser, { ...user, at: 1 }, 0);
      }),
    )) as [number, number];
  });
  afterAll(async () => {
    await database.close();
    await files.drop();
  });

  const group = (): Promise<number> => {
    const shape = { name: `G${++groups}`, description: null, avatarUrl: null, at: 1 };
    const members = { ownerId: ann, memberIds: [bob] };
    return database.committer.submit(createGroup, { ...shape, ...members }, 0);
  };

  const send = async (chatId: number, content: string): Promise<number> => {
    const empty = { replyToId: null, clientMessageId: null, contentType: 'text' } as const;
    const input = { chatId, senderId: ann, content, at: 1000, ...empty };
    return (await database.committer.submit(sendMessage, input, chatId)).id;
  };

  const actor = (chatId: number, messageId: number) => ({
    chatId,
    messageId,
    actorId: ann,
    at: Date.now(),
  });
  const edit = (chatId: number, messageId: number, content: string) =>
    database.committer.submit(
      editMessage,
      { ...actor(chatId, messageId), content, wanted: null },
      chatId,
    );
  const remove = (chatId: number, messageId: number) =>
    database.committer.submit(deleteMessage, actor(chatId, messageId), chatId);

  const index = (chatId: number, messages = 1000) => {
    const limits = { messages, text: 1_000_000 };
    return database.background.submit(indexChats, { chatIds: [chatId], limits }, 0);
  };
  const follow = (messages = 1000) =>
    database.background.submit(followChanges, { limits: { messages, text: 1_000_000 } }, 0);

  /** Ids of what bob finds, page by page to the end. */
  async function found(q: string, chatId: number, order: Position['order'] = 'newest', limit = 3) {
    const ids: number[] = [];
    for (let position: Position | null = startOf(order); position; ) {
      const filters = { ...NO_FILTERS, chatId };
      const input: SearchInput = { userId: bob, q, filters, limit, position };
      const page: FoundPage = await database.heavy.run(findMessages, input);
      ids.push(...page.items.map((item) => item.id));
      position = page.next;
    }
    return ids;
  }

  /** How many entries the index has in all, whatever they belong to. */
  async function entries(): Promise<number> {
    if (dialect === 'postgres') {
      const rows = await database.read.selectFrom('message_grams').select('grams').execute();
      return rows.reduce((sum, row) => sum + row.grams.length, 0);
    }
    const raw = new Sqlite(join(files.env.STORAGE_DIR ?? '', 'db', 'chat.sqlite'));
    raw.run(`create virtual table temp.words using fts5vocab('main', 'message_grams', 'row')`);
    const row = raw.query('select coalesce(sum(doc), 0) as entries from words').get();
    raw.close();
    return (row as { entries: number }).entries;
  }

  const pending = async () =>
    (await database.read.selectFrom('search_changes').selectAll().execute()).length;

  test('finds what was sent, edited and deleted as a look at every message does', async () => {
    const words = ['cat', 'category', 'the', 'ok', 'Ä', '中文', '中国', '日本語', 'x', 'red cat'];
    const content = fc
      .array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
      .map((each) => each.join(' '));
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('send'), content }) },
      fc.record({ kind: fc.constant('edit'), content, at: fc.nat() }),
      fc.record({ kind: fc.constant('delete'), at: fc.nat() }),
      fc.record({ kind: fc.constant('index'), messages: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('follow'), messages: fc.integer({ min: 1, max: 2 }) }),
    );
    const query = fc.oneof(
      content,
      fc.constantFrom('ca', 'a', 'gory', '文', '本語', 'cat the', '"red cat"', 'k x'),
    );
    const run = async (steps: Step[], queries: string[]) => {
      const chatId = await group();
      const model = new Map<number, string>();
      const pick = (at: number) => [...model.keys()][at % Math.max(1, model.size)];
      for (const each of steps) {
        const id = 'at' in each ? pick(each.at) : undefined;
        if (each.kind === 'send') model.set(await send(chatId, each.content), each.content);
        else if (each.kind === 'index') await index(chatId, each.messages);
        else if (each.kind === 'follow') await follow(each.messages);
        else if (id !== undefined && each.kind === 'edit') {
          await edit(chatId, id, each.content);
          model.set(id, each.content);
        } else if (id !== undefined) {
          await remove(chatId, id);
          model.delete(id);
        }
      }
      for (const q of queries) {
        const terms = termsOf(q);
        const expected = [...model]
          .filter(([, text]) => containsAll(fold(text), terms))
          .map(([id]) => id)
          .sort((a, b) => b - a);
        expect(await found(q, chatId)).toEqual(expected);
        expect((await found(q, chatId, 'best')).sort((a, b) => b - a)).toEqual(expected);
      }
    };
    const steps = fc.array(step, { maxLength: 25 });
    const queries = fc.array(query, { minLength: 3, maxLength: 3 });
    await fc.assert(fc.asyncProperty(steps, queries, run), { numRuns: 25 });
  }, 60_000);

  test('forgets what was deleted, edited away, and erased with its chat', async () => {
    await follow();
    const before = await entries();
    const chatId = await group();
    const first = await send(chatId, 'a secret word');
    const second = await send(chatId, 'another secret');
    await send(chatId, 'more secrets');
    await index(chatId);
    expect(await entries()).toBeGreaterThan(before);
    await edit(chatId, second, 'no');
    await remove(chatId, first);
    const chat = { chatId, actorId: ann, at: 2000 };
    await database.committer.submit(removeMember, { ...chat, userId: bob }, chatId);
    await database.committer.submit(deleteChat, chat, chatId);
    await database.committer.submit(eraseChat, { chatId, limit: 100 }, chatId);
    while (await follow(1));
    expect(await entries()).toBe(before);
    expect(await pending()).toBe(0);
  });

  test('is searched no less for being merged', async () => {
    const chatId = await group();
    const ids: number[] = [];
    for (let i = 0; i < 12; i++) {
      ids.unshift(await send(chatId, `number ${i}`));
      await index(chatId);
    }
    let all = true;
    for (let more = true; more; all = false) {
      more = await database.background.submit(tidyIndex, { pages: 1, all }, 0);
      if (all) more = true;
    }
    expect(await found('number', chatId)).toEqual(ids);
  });

  test('goes on where it stopped, in steps of the size that it is given', async () => {
    const chatId = await group();
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await send(chatId, `step ${i}`));
    expect(await index(chatId, 2)).toEqual({ behind: [chatId], messages: 2 });
    expect(await found('step', chatId)).toEqual(ids);
    while ((await index(chatId, 2)).behind.length > 0);
    expect(await found('step', chatId)).toEqual(ids);
    expect(await index(chatId)).toEqual({ behind: [], messages: 0 });
  });

  test('passes over encrypted chats, and tells how many there are', async () => {
    const chatId = await group();
    await send(chatId, 'not to be read here');
    const encrypt = `update chats set is_encrypted = 1 where id = ${chatId}`;
    if (dialect === 'postgres') await sql.raw(encrypt).execute(database.read);
    else {
      const raw = new Sqlite(join(files.env.STORAGE_DIR ?? '', 'db', 'chat.sqlite'));
      raw.run(encrypt);
      raw.close();
    }
    expect(await index(chatId)).toEqual({ behind: [], messages: 0 });
    for (const id of [chatId, null]) {
      const filters = { ...NO_FILTERS, chatId: id };
      const input = { userId: bob, q: 'read', filters, limit: 3, position: startOf('newest') };
      const page = await database.heavy.run(findMessages, input);
      expect(page).toEqual({ items: [], next: null, encryptedChats: 1 });
    }
  });

  test('passes over deleted chats', async () => {
    const chatId = await group();
    await send(chatId, 'deleted chat');
    await database.committer.submit(deleteChat, { chatId, actorId: ann, at: 2000 }, chatId);
    expect(await index(chatId)).toEqual({ behind: [], messages: 0 });
  });
});
