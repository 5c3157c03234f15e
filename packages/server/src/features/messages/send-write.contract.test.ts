import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { databaseLocation } from '../../app/server';
import { readSettings } from '../../config/settings';
import { type Database, openDatabase } from '../../storage/database';
import { DIALECTS, type TestDatabase, testDatabase } from '../../testing/databases';
import { addMember, removeMember } from '../chats/change-writes';
import { createDirect, createGroup } from '../chats/create-writes';
import { blockUser, unblockUser } from '../privacy/writes';
import { createUser } from '../users';
import { type SendInput, type Sent, sendMessage } from './send-write';

describe.each(DIALECTS)('storing messages on %s', (dialect) => {
  let files: TestDatabase;
  let database: Database;
  let [ann, bob, cid]: number[] = [];
  let groups = 0;
  beforeAll(async () => {
    files = await testDatabase(dialect);
    database = await openDatabase(databaseLocation(readSettings(files.env)));
    [ann, bob, cid] = await Promise.all(
      ['ann', 'bob', 'cid'].map((username) => {
        const user = { username, email: `${username}@x.org`, passwordHash: 'x', fullName: null };
        return database.committer.submit(createUser, { ...user, at: 1 }, 0);
      }),
    );
  });
  afterAll(async () => {
    await database.close();
    await files.drop();
  });

  /** A group of ann and bob. */
  function group(): Promise<number> {
    const shape = { name: `G${++groups}`, description: null, avatarUrl: null, at: 1 };
    const members = { ownerId: ann as number, memberIds: [bob as number] };
    return database.committer.submit(createGroup, { ...shape, ...members }, 0);
  }
  const input = (chatId: number, more: Partial<SendInput> = {}): SendInput => ({
    chatId,
    senderId: ann as number,
    content: 'hello',
    contentType: 'text',
    replyToId: null,
    clientMessageId: null,
    at: 1000,
    ...more,
  });
  /** Submitted in one turn, so that those of one chat share a batch. */
  const send = (...inputs: SendInput[]) =>
    Promise.allSettled(inputs.map((i) => database.committer.submit(sendMessage, i, i.chatId)));
  const values = (settled: PromiseSettledResult<Sent>[]) =>
    settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const codes = (settled: PromiseSettledResult<Sent>[]) =>
    settled.map((each) => (each.status === 'fulfilled' ? 'sent' : each.reason.code));
  const chatRow = (id: number) =>
    database.read.selectFrom('chats').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const rows = (chatId: number) =>
    database.read
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', chatId)
      .orderBy('seq')
      .execute();
  const member = (chatId: number, userId: number) =>
    database.read
      .selectFrom('chat_members')
      .selectAll()
      .where('chat_id', '=', chatId)
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();

  test('gives dense places and revisions, chat by chat, in the order of submission', async () => {
    const [one, two] = [await group(), await group()];
    const inputs = Array.from({ length: 60 }, (_, i) =>
      input(i % 3 ? one : two, {
        content: `m${i}`,
        senderId: (i % 2 ? ann : bob) as number,
        at: i,
      }),
    );
    const sent = values(await send(...inputs));
    expect(sent).toHaveLength(60);
    for (const chatId of [one, two]) {
      const own = sent.filter((message) => message.chatId === chatId);
      expect(own.map((message) => message.seq)).toEqual(own.map((_, i) => i + 1));
      expect(own.map((message) => message.rev)).toEqual(own.map((_, i) => i + 2));
      const stored = await rows(chatId);
      expect(stored.map((row) => row.content)).toEqual(
        inputs.filter((i) => i.chatId === chatId).map((i) => i.content),
      );
      expect(stored.map((row) => row.id)).toEqual(own.map((message) => message.id));
      expect(stored.every((row) => row.rev === row.sent_rev && row.rev === row.seq + 1)).toBe(true);
      const last = inputs.filter((i) => i.chatId === chatId).at(-1)?.at as number;
      expect(await chatRow(chatId)).toMatchObject({
        last_seq: own.length,
        rev: own.length + 1,
        last_activity_at: last,
      });
    }
  });

  test('goes on where the last batch ended', async () => {
    const chat = await group();
    for (let n = 1; n <= 3; n++) {
      const [first, second] = values(await send(input(chat), input(chat)));
      expect([first?.seq, second?.seq]).toEqual([2 * n - 1, 2 * n]);
    }
  });

  test('makes one message of one client_message_id within a batch', async () => {
    const chat = await group();
    const clientMessageId = crypto.randomUUID();
    const same = (content: string) => input(chat, { content, clientMessageId });
    const sent = values(await send(same('a'), input(chat), same('b'), same('c')));
    expect(sent.map((message) => message.duplicate)).toEqual([false, false, true, true]);
    expect(sent.map((message) => message.seq)).toEqual([1, 2, 1, 1]);
    expect(new Set([sent[0]?.id, sent[2]?.id, sent[3]?.id]).size).toBe(1);
    expect(sent[2]).toMatchObject({ rev: 2, at: 1000, chatId: chat });
    expect((await rows(chat)).map((row) => row.content)).toEqual(['a', 'hello']);
    expect(await chatRow(chat)).toMatchObject({ last_seq: 2, rev: 3 });
  });

  test('makes one message of one client_message_id across batches and chats', async () => {
    const [one, two] = [await group(), await group()];
    const clientMessageId = crypto.randomUUID();
    const [first] = values(await send(input(one, { clientMessageId, at: 5 })));
    const [again] = values(await send(input(two, { clientMessageId, at: 99 })));
    expect(again).toEqual({ ...(first as Sent), duplicate: true, quote: null });
    expect(await rows(two)).toEqual([]);
    expect(await chatRow(two)).toMatchObject({ last_seq: 0, rev: 1 });
  });

  test('lets the same client_message_id of two users be two messages', async () => {
    const chat = await group();
    const clientMessageId = crypto.randomUUID();
    const sent = values(
      await send(
        input(chat, { clientMessageId }),
        input(chat, { clientMessageId, senderId: bob as number }),
      ),
    );
    expect(sent.map((message) => [message.seq, message.duplicate])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  test('refuses strangers, missing chats and former members, among good ones', async () => {
    const chat = await group();
    const actor = { actorId: ann as number, chatId: chat, at: 1 };
    const add = { ...actor, userId: cid as number, role: 'member' as const, maxMembers: 9 };
    const stranger = input(chat, { senderId: cid as number });
    const inputs = [input(chat), stranger, input(987_654_321), input(chat)];
    expect(codes(await send(...inputs))).toEqual(['sent', 'not_found', 'not_found', 'sent']);
    await database.committer.submit(addMember, add, chat);
    expect(codes(await send(stranger))).toEqual(['sent']);
    await database.committer.submit(removeMember, { ...actor, userId: cid as number }, chat);
    expect(codes(await send(stranger, input(chat)))).toEqual(['not_found', 'sent']);
    const stored = await rows(chat);
    expect(stored.map((row) => row.seq)).toEqual(stored.map((_, i) => i + 1));
  });

  test('refuses both members of a direct chat while one blocks the other, and nobody else', async () => {
    const [one, other] = [ann as number, bob as number];
    const pair = { userId: one, peerId: other, at: 1 };
    const { chatId } = await database.committer.submit(createDirect, pair, 0);
    const both = [one, other].map((senderId) => input(chatId, { senderId }));
    const elsewhere = input(await group());
    const clientMessageId = crypto.randomUUID();
    const first = input(chatId, { clientMessageId });
    expect(codes(await send(first))).toEqual(['sent']);
    const block = { userId: other, otherId: one, at: 1 };
    await database.committer.submit(blockUser, { ...block, maxBlocks: 10 }, 0);
    expect(codes(await send(...both, elsewhere))).toEqual(['blocked', 'blocked', 'sent']);
    expect(values(await send(first))).toMatchObject([{ seq: 1, duplicate: true }]);
    expect(await chatRow(chatId)).toMatchObject({ last_seq: 1, rev: 2 });
    await database.committer.submit(unblockUser, block, 0);
    expect(codes(await send(...both))).toEqual(['sent', 'sent']);
  });

  test('quotes the first 200 characters of a message of the same chat', async () => {
    const chat = await group();
    const [first] = values(await send(input(chat, { content: 'x'.repeat(500) })));
    const [reply] = values(
      await send(input(chat, { replyToId: first?.id as number, senderId: bob as number })),
    );
    expect(reply?.quote).toMatchObject({
      id: first?.id as number,
      sender_id: ann as number,
      sender_username: 'ann',
      content: 'x'.repeat(200),
      content_type: 'text',
      is_deleted: 0,
    });
  });

  test('refuses to quote another chat’s message and a missing one alike', async () => {
    const [one, two] = [await group(), await group()];
    const [foreign] = values(await send(input(two)));
    const answers = await send(
      input(one, { replyToId: foreign?.id as number }),
      input(one, { replyToId: 987_654_321 }),
      input(one),
    );
    expect(codes(answers)).toEqual(['not_found', 'not_found', 'sent']);
    const [a, b] = answers.map((each) => (each.status === 'rejected' ? each.reason.message : ''));
    expect(a).toBe(b);
    expect(await chatRow(one)).toMatchObject({ last_seq: 1, rev: 2 });
  });

  test('marks the chat read for its sender alone, up to the newest of theirs', async () => {
    const chat = await group();
    await send(
      input(chat, { at: 10 }),
      input(chat, { at: 20, senderId: bob as number }),
      input(chat, { at: 30 }),
    );
    const read = { last_read_seq: 3, last_delivered_seq: 3, read_at: 30, delivered_at: 30 };
    expect(await member(chat, ann as number)).toMatchObject(read);
    expect(await member(chat, bob as number)).toMatchObject({ last_read_seq: 2, read_at: 20 });
  });

  test('keeps every text as it is', async () => {
    const chat = await group();
    const texts = [
      '',
      '\n',
      "'; drop table messages; --",
      '👩‍👩‍👧‍👦',
      '\u2028',
      '%s $1 ?1',
      '\ufeffx',
    ];
    await send(...texts.map((content) => input(chat, { content, contentType: 'file' })));
    expect((await rows(chat)).map((row) => row.content)).toEqual(texts);
  });
});
