import type { Model } from '../model/model';
import type { ModelMember } from '../model/state';
import type { World } from '../world';
import { sameList } from './compare';

const CHATS = `
  select id, chat_type, name, description, disappear_after_s, is_active,
    member_count, rev, last_seq
  from chats
  order by id`;
const MEMBERS = `
  select chat_id, user_id, role, nickname, is_muted, muted_until, notification_level, last_read_seq, last_delivered_seq
  from chat_members m join chats c on c.id = m.chat_id
  where left_at is null and c.is_active = 1 order by chat_id, user_id`;
const MESSAGES = `
  select m.chat_id, m.seq, m.id, m.rev, m.sent_rev, m.sender_id, m.content, m.content_type,
    m.reply_to_id, m.client_message_id, m.is_deleted, m.pinned_at, m.expires_at,
    (select group_concat(emoji || ' ' || user_id) from reactions r where r.message_id = m.id)
      as reactions
  from messages m order by m.chat_id, m.seq`;

/** Compares the database with the model, table by table. */
export function checkDatabase(world: Pick<World, 'store' | 'model' | 'fail'>) {
  const { store, model } = world;
  const tell = world.fail.bind(world);
  sameList(tell, '3', 'chats', store.query(CHATS), chats(model));
  sameList(tell, '5', 'members', store.query(MEMBERS), members(model));
  const rows = store.query<{ reactions: string | null }>(MESSAGES).map((row) => ({
    ...row,
    reactions: (row.reactions ?? '').split(',').filter(Boolean).sort().join(),
  }));
  sameList(tell, '1', 'messages', rows, messages(model));
}

const byId = (model: Model) => [...model.chats.values()].sort((a, b) => a.id - b.id);

function chats(model: Model) {
  return byId(model).map((chat) => ({
    id: chat.id,
    chat_type: chat.type,
    name: chat.isActive ? chat.name : '',
    description: chat.isActive ? chat.description : null,
    disappear_after_s: chat.disappearAfterS,
    is_active: chat.isActive ? 1 : 0,
    member_count: chat.members.size,
    rev: chat.rev,
    last_seq: chat.lastSeq,
  }));
}

function members(model: Model) {
  const active = byId(model).filter((chat) => chat.isActive);
  return active.flatMap((chat) =>
    [...chat.members.values()].sort((a, b) => a.userId - b.userId).map((m) => row(chat.id, m)),
  );
}

const row = (chat_id: number, member: ModelMember) => ({
  chat_id,
  user_id: member.userId,
  role: member.role,
  nickname: member.nickname,
  is_muted: member.isMuted ? 1 : 0,
  muted_until: member.mutedUntil,
  notification_level: member.level,
  last_read_seq: member.readSeq,
  last_delivered_seq: member.deliveredSeq,
});

function messages(model: Model) {
  const active = byId(model).filter((chat) => chat.isActive);
  return active.flatMap((chat) =>
    chat.messages.map((message) => ({
      chat_id: chat.id,
      seq: message.seq,
      id: message.id,
      rev: message.rev,
      sent_rev: message.sentRev,
      sender_id: message.senderId,
      content: message.content,
      content_type: message.contentType,
      reply_to_id: message.replyToId,
      client_message_id: message.clientMessageId,
      is_deleted: message.isDeleted ? 1 : 0,
      pinned_at: message.pinnedAt,
      expires_at: message.expiresAt,
      reactions: message.reactions.join(),
    })),
  );
}
