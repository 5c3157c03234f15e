import { parseMentions } from '../../features/messages/mentions';
import type { World } from '../world';

interface MentionRow {
  id: number;
  chat_id: number;
  message_id: number;
  user_id: number;
  notified: number;
  /** Notifications of it. */
  told_of: number;
  /** Whether there is a block between the two. */
  is_apart: number;
}

const MENTIONS = `
  select x.id, x.chat_id, x.message_id, x.user_id, x.notified,
    (select count(*) from notifications n where n.type = 'mention' and n.user_id = x.user_id
      and n.message_id = x.message_id) as told_of,
    exists (select 1 from blocks b join messages m on m.id = x.message_id
      where (b.blocker_id = m.sender_id and b.blocked_id = x.user_id)
        or (b.blocker_id = x.user_id and b.blocked_id = m.sender_id))
      as is_apart
  from mentions x join chats c on c.id = x.chat_id where c.is_active = 1`;
const STRAY = `
  select n.id from notifications n join chats c on c.id = n.chat_id
  where n.type = 'mention' and c.is_active = 1 and not exists (
    select 1 from mentions x where x.message_id = n.message_id and x.user_id = n.user_id)`;
const BEHIND = `
  select c.id from chats c left join notification_cursors n on n.chat_id = c.id
  where c.is_active = 1 and c.last_seq > coalesce(n.seq, 0)`;
const COUNTS = `
  select n.chat_id, n.user_id, sum(n.messages) as messages from notifications n
  join chats c on c.id = n.chat_id where n.type = 'message' and c.is_active = 1
  group by n.chat_id, n.user_id`;
const UNTOLD = `
  select n.id from notifications n join chats c on c.id = n.chat_id
  where n.told = 0 and c.is_active = 1`;

/** Promise 8, of the followers: everybody was notified of everything once, whatever broke. */
export function checkNotices(world: World): void {
  const { store, model, users } = world;
  const tell = (what: string) => world.fail('8', what);
  for (const { id } of store.query<{ id: number }>(BEHIND)) tell(`chat ${id} is not notified of`);
  for (const { id } of store.query<{ id: number }>(UNTOLD)) tell(`notification ${id} is not told`);
  for (const { id } of store.query<{ id: number }>(STRAY)) tell(`notification ${id} is of nothing`);
  for (const mention of store.query<MentionRow>(MENTIONS)) {
    const message = model.chats.get(mention.chat_id)?.messageById(mention.message_id);
    const name = users.find((user) => user.id === mention.user_id)?.username ?? '';
    const { names, all } = parseMentions(message?.content ?? '');
    const what = `mention ${mention.id} of ${name}`;
    if (!all && !names.includes(name)) tell(`${what} is not in “${message?.content}”`);
    if (mention.notified !== 1) tell(`${what} is not notified of`);
    // Who was blocked while their message was under way is not told of.
    const isMissing = mention.told_of === 0 && mention.is_apart === 0;
    if (isMissing || mention.told_of > 1) tell(`${what} has ${mention.told_of} notifications`);
  }
  type Count = { chat_id: number; user_id: number; messages: number };
  for (const { chat_id, user_id, messages } of store.query<Count>(COUNTS)) {
    const others = model.chats.get(chat_id)?.messages ?? [];
    const most = others.filter((m) => m.senderId !== user_id && m.contentType !== 'system').length;
    if (messages > most) tell(`user ${user_id} has ${messages} of ${most} messages of ${chat_id}`);
  }
}
