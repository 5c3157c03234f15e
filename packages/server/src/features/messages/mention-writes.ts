import { sql } from 'kysely';
import { rowsAs } from '../../storage/rows';
import type { WriteContext } from '../../storage/write';
import type { WantedMentions } from './mentions';

/** A message of a larger group names not everybody whom its @all reaches. */
const LISTED_MEMBERS = 100;

/** A stored message, and whom it wants to mention. */
export interface Mentioning {
  id: number;
  chatId: number;
  seq: number;
  senderId: number;
  at: number;
  wanted: WantedMentions;
}

interface Pair {
  message_id: number;
  user_id: number;
}

/** A message whose sender may mention everybody. */
interface ToAll {
  message_id: number;
  member_count: number;
}

const PLACE = {
  message_id: 'bigint',
  chat_id: 'bigint',
  seq: 'bigint',
  sender_id: 'bigint',
  at: 'bigint',
} as const;
const PAIR = { message_id: 'bigint', user_id: 'bigint' } as const;

const placeOf = ({ id, chatId, seq, senderId, at }: Mentioning) => ({
  message_id: id,
  chat_id: chatId,
  seq,
  sender_id: senderId,
  at,
});

/**
 * Stores whom messages mention, a batch of them in few statements: members only, never the sender.
 * What was mentioned before stays.
 * @returns for each message that mentions anybody, the list to be shown with it
 */
export async function storeMentions(
  context: WriteContext,
  messages: readonly Mentioning[],
): Promise<Map<number, number[]>> {
  const toAll = await messagesToAll(context, messages);
  const lists = new Map<number, number[]>(toAll.map((message) => [message.message_id, []]));
  const small = toAll.filter((message) => message.member_count <= LISTED_MEMBERS);
  const pairs = [
    ...(await namedMembers(context, messages)),
    ...(await allMembers(context, messages, small)),
  ];
  for (const { message_id, user_id } of pairs) {
    const list = lists.get(message_id) ?? [];
    if (!list.includes(user_id)) list.push(user_id);
    lists.set(message_id, list);
  }
  if (lists.size === 0) return lists;
  await insertPairs(context, messages, pairs);
  await insertAll(
    context,
    messages,
    toAll.filter((each) => !small.includes(each)),
  );
  await storeLists(context, lists);
  return lists;
}

/** Of those that say @all, the ones of an admin or the owner of a group. */
async function messagesToAll(context: WriteContext, messages: readonly Mentioning[]) {
  const asking = messages.filter((message) => message.wanted.all);
  if (asking.length === 0) return [];
  const v = rowsAs('v', context.dialect, PLACE, asking.map(placeOf));
  const { rows } = await sql<ToAll>`
    select v.message_id, c.member_count from ${v}
    cross join chats c cross join chat_members s
    where c.id = v.chat_id and c.chat_type = 'group' and s.chat_id = v.chat_id
      and s.user_id = v.sender_id and s.left_at is null and s.role <> 'member'`.execute(context.db);
  return rows;
}

async function namedMembers(context: WriteContext, messages: readonly Mentioning[]) {
  const named = messages.flatMap((message) =>
    message.wanted.names.map((name) => ({ ...placeOf(message), name })),
  );
  if (named.length === 0) return [];
  const v = rowsAs('v', context.dialect, { ...PLACE, name: 'text' }, named);
  const { rows } = await sql<Pair>`
    select v.message_id, u.id as user_id from ${v}
    cross join users u cross join chat_members m
    where u.username = v.name and u.id <> v.sender_id and m.chat_id = v.chat_id
      and m.user_id = u.id and m.left_at is null`.execute(context.db);
  return withoutExcepted(messages, rows);
}

async function allMembers(
  context: WriteContext,
  messages: readonly Mentioning[],
  small: readonly ToAll[],
) {
  const chosen = chosenFrom(messages, small);
  if (chosen.length === 0) return [];
  const v = rowsAs('v', context.dialect, PLACE, chosen.map(placeOf));
  const { rows } = await sql<Pair>`
    select v.message_id, m.user_id from ${v} cross join chat_members m
    where m.chat_id = v.chat_id and m.left_at is null and m.user_id <> v.sender_id
    order by m.user_id`.execute(context.db);
  return withoutExcepted(messages, rows);
}

const chosenFrom = (messages: readonly Mentioning[], among: readonly ToAll[]) =>
  messages.filter((message) => among.some(({ message_id }) => message_id === message.id));

function withoutExcepted(messages: readonly Mentioning[], pairs: readonly Pair[]): Pair[] {
  const except = new Map(messages.map((message) => [message.id, new Set(message.wanted.except)]));
  return pairs.filter((pair) => !except.get(pair.message_id)?.has(pair.user_id));
}

async function insertPairs(
  { db, dialect }: WriteContext,
  messages: readonly Mentioning[],
  pairs: readonly Pair[],
) {
  if (pairs.length === 0) return;
  const byId = new Map(messages.map((message) => [message.id, placeOf(message)]));
  const rows = pairs.flatMap(({ message_id, user_id }) => {
    const place = byId.get(message_id);
    return place ? [{ ...place, user_id }] : [];
  });
  await sql`
    insert into mentions (message_id, chat_id, seq, user_id, created_at)
    select v.message_id, v.chat_id, v.seq, v.user_id, v.at
    from ${rowsAs('v', dialect, { ...PLACE, user_id: 'bigint' }, rows)} where v.user_id > 0
    on conflict (message_id, user_id) do nothing`.execute(db);
}

/** Everybody in a large group, without their ids going to and fro. */
async function insertAll(
  { db, dialect }: WriteContext,
  messages: readonly Mentioning[],
  large: readonly ToAll[],
) {
  for (const message of chosenFrom(messages, large)) {
    const except = message.wanted.except.map((user_id) => ({ message_id: message.id, user_id }));
    await sql`
      insert into mentions (message_id, chat_id, seq, user_id, created_at)
      select v.message_id, v.chat_id, v.seq, m.user_id, v.at
      from ${rowsAs('v', dialect, PLACE, [placeOf(message)])} cross join chat_members m
      where m.chat_id = v.chat_id and m.left_at is null and m.user_id <> v.sender_id
        and m.user_id not in (select x.user_id from ${rowsAs('x', dialect, PAIR, except)})
      on conflict (message_id, user_id) do nothing`.execute(db);
  }
}

async function storeLists({ db, dialect }: WriteContext, lists: ReadonlyMap<number, number[]>) {
  const rows = [...lists].map(([message_id, list]) => ({ message_id, list: JSON.stringify(list) }));
  const v = rowsAs('v', dialect, { message_id: 'bigint', list: 'text' }, rows);
  await sql`
    update messages set mentions = v.list from ${v} where messages.id = v.message_id`.execute(db);
}

/** Who is mentioned in a message, listed with it or not. */
export async function mentionedIn({ db }: WriteContext, messageId: number): Promise<number[]> {
  const rows = await db
    .selectFrom('mentions')
    .select('user_id')
    .where('message_id', '=', messageId)
    .execute();
  return rows.map((row) => row.user_id);
}

/**
 * Brings mentions in line with a message's new text.
 * @returns whose mentions became more or fewer
 */
export async function changeMentions(
  context: WriteContext,
  message: Omit<Mentioning, 'wanted'> & { wanted: WantedMentions | null; had: boolean },
): Promise<number[]> {
  if (!message.wanted && !message.had) return [];
  const before = new Set(await mentionedIn(context, message.id));
  await withdrawMentions(
    context,
    message,
    message.wanted ? await keptBy(context, message.wanted, message) : [],
  );
  const after = new Set(await mentionedIn(context, message.id));
  return [...before, ...after].filter((userId) => before.has(userId) !== after.has(userId));
}

/** Stores the new mentions. @returns whom the message mentions now */
async function keptBy(
  context: WriteContext,
  wanted: WantedMentions,
  message: Omit<Mentioning, 'wanted'>,
): Promise<number[]> {
  const mentioning = { ...message, wanted };
  const list = (await storeMentions(context, [mentioning])).get(message.id);
  if (!list) return [];
  const [toAll] = await messagesToAll(context, [mentioning]);
  return toAll ? mentionedIn(context, message.id) : list;
}

/** Takes mentions back, and what was told of them, but for those kept. */
export async function withdrawMentions(
  { db, dialect }: WriteContext,
  { id, chatId, seq }: Pick<Mentioning, 'id' | 'chatId' | 'seq'>,
  kept: readonly number[] = [],
): Promise<number[]> {
  const keeping = kept.map((user_id) => ({ message_id: id, user_id }));
  const { rows } = await sql<{ user_id: number }>`
    delete from mentions where message_id = ${id} and user_id not in
      (select k.user_id from ${rowsAs('k', dialect, PAIR, keeping)})
    returning user_id`.execute(db);
  if (rows.length > 0) {
    const gone = rows.map(({ user_id }) => ({ message_id: id, user_id }));
    await sql`
      delete from notifications where type = 'mention' and chat_id = ${chatId} and seq = ${seq}
        and user_id in (select g.user_id from ${rowsAs('g', dialect, PAIR, gone)})`.execute(db);
  }
  if (kept.length === 0) {
    await db.updateTable('messages').set({ mentions: null }).where('id', '=', id).execute();
  }
  return rows.map((row) => row.user_id);
}
