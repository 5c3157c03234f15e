import type { Role, SystemEvent } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';
import type { MemberSettings } from '../../realtime/bus';
import { doomAvatar, doomMediaOf } from '../../storage/doomed-files';
import { eraseSome } from '../../storage/erase-own';
import { defineWrite, type WriteContext } from '../../storage/write';
import { type ChatChanges, withUsers } from './changes';
import { admit } from './joining';
import { withWanted } from './mute';
import { dropNotices, eraseNotices, inviteMembers } from './notice-steps';
import { type ChatRow, type MemberRow, memberSettings, type SystemMessage } from './records';
import * as rules from './rules';
import { about, disappearingWords, succeeded, tell } from './telling';
import {
  activeMember,
  appendSystemMessage,
  changeMember,
  chatAndActor,
  mustBeUsers,
  nextRev,
  outdateEpoch,
  refuseApart,
  refuseBlocked,
  saveChat,
  targetMember,
  usernameOf,
} from './write-steps';

export interface Actor {
  chatId: number;
  actorId: number;
  at: number;
}

export type UpdateChatFields = Partial<
  Pick<ChatRow, 'name' | 'description' | 'avatar_url' | 'disappear_after_s'>
>;

const FIELD_EVENTS = {
  name: ['chat_renamed', 'renamed the group to'],
  description: ['description_changed', 'changed the description'],
  avatar_url: ['avatar_changed', 'changed the picture'],
} as const;

const FIELDS = ['name', 'description', 'avatar_url', 'disappear_after_s'] as const;

type Told = { words: string; event: SystemEvent };

/** What the others read about a field that changed. */
function toldOf(key: keyof UpdateChatFields, chat: ChatRow): Told {
  if (key === 'disappear_after_s') {
    const seconds = chat.disappear_after_s;
    const event = about('disappearing_changed', null, String(seconds));
    return { words: disappearingWords(seconds), event };
  }
  const [action, words] = FIELD_EVENTS[key];
  const value = key === 'name' ? chat.name : null;
  const text = value === null ? words : `${words} “${value}”`;
  return { words: text, event: about(action, null, value) };
}

/** How long messages stay is up to both in a direct chat; the rest only groups have. */
function mustUpdate(chat: ChatRow, role: Role, fields: UpdateChatFields) {
  const onlyDisappearing = Object.keys(fields).join() === 'disappear_after_s';
  if (chat.chat_type === 'direct' && onlyDisappearing) return refuseBlocked(chat);
  rules.mustBeGroup(chat.chat_type);
  rules.mustManage(role);
}

export const updateChat = defineWrite<Actor & { fields: UpdateChatFields }, ChatChanges>(
  'chats.update',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    mustUpdate(chat, actor.role, input.fields);
    const keys = FIELDS.filter(
      (key) => input.fields[key] !== undefined && input.fields[key] !== chat[key],
    );
    if (keys.length === 0) return { chat, updated: [], messages: [], users: [] };
    Object.assign(chat, input.fields);
    if (keys.includes('avatar_url')) await doomAvatar(context, 'chat', chat.id);
    const infoRev = nextRev(chat);
    chat.info_rev = infoRev;
    const messages: SystemMessage[] = [];
    for (const key of keys) {
      const { words, event } = toldOf(key, chat);
      messages.push(await tell(context, chat, input, words, event));
    }
    await saveChat(context, chat);
    return withUsers(context, { chat, infoRev, updated: [], messages, users: [] });
  },
);

export const addMember = defineWrite<
  Actor & { userId: number; role: Role; maxMembers: number },
  ChatChanges
>('chats.add_member', async (context, input) => {
  const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
  rules.mustBeGroup(chat.chat_type);
  rules.mustAdd(actor.role, input.role);
  if (await activeMember(context, chat.id, input.userId)) {
    throw new ConfabError('already_a_member', 'This user is a member already');
  }
  await mustBeUsers(context, [input.userId]);
  await refuseApart(context, input.actorId, [input.userId]);
  const words = `added ${await usernameOf(context, input.userId)}`;
  const event = about('member_added', input.userId, null);
  const changes = await admit(context, chat, input, words, event);
  await inviteMembers(context, [input.userId], { ...input, lastSeq: chat.last_seq });
  return changes;
});

export const removeMember = defineWrite<Actor & { userId: number }, ChatChanges>(
  'chats.remove_member',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    rules.mustBeGroup(chat.chat_type);
    const leaving = input.userId === input.actorId;
    const target = leaving ? actor : await targetMember(context, chat.id, input.userId);
    if (!leaving) rules.mustRemove(actor.role, target.role);
    chat.member_count -= 1;
    outdateEpoch(chat);
    const gone = await changeMember(context, chat, target.id, { left_at: input.at });
    await dropNotices(context, chat.id, target.user_id);
    const changes: ChatChanges = {
      chat,
      updated: [],
      removed: { userId: target.user_id, rev: gone.rev },
      messages: [await tellOfLeaving(context, chat, input, leaving)],
      users: [],
    };
    if (target.role === 'owner') await crownSuccessor(context, chat, input, changes);
    if (chat.member_count === 0) {
      Object.assign(chat, BLANK);
      await doomAvatar(context, 'chat', chat.id);
    }
    await saveChat(context, chat);
    return withUsers(context, changes);
  },
);

async function tellOfLeaving(
  context: WriteContext,
  chat: ChatRow,
  input: Actor & { userId: number },
  leaving: boolean,
) {
  if (leaving) return tell(context, chat, input, 'left', about('member_left', input.userId, null));
  const words = `removed ${await usernameOf(context, input.userId)}`;
  return tell(context, chat, input, words, about('member_removed', input.userId, null));
}

async function crownSuccessor(
  context: WriteContext,
  chat: ChatRow,
  input: Actor,
  changes: ChatChanges,
) {
  const rows = await context.db
    .selectFrom('chat_members')
    .select(['id', 'user_id', 'role', 'joined_at'])
    .where('chat_id', '=', chat.id)
    .where('left_at', 'is', null)
    .execute();
  const heir = rules.successor(
    rows.map((row) => ({ userId: row.user_id, role: row.role, joinedAt: row.joined_at })),
  );
  const row = rows.find((candidate) => candidate.user_id === heir?.userId);
  if (!row) return;
  changes.updated.push(await changeMember(context, chat, row.id, { role: 'owner' }));
  const content = succeeded(await usernameOf(context, row.user_id));
  const event = about('owner_changed', row.user_id, 'owner');
  const message = { senderId: input.actorId, content, event, at: input.at };
  changes.messages.push(await appendSystemMessage(context, chat, message));
}

async function tellOfOwner(context: WriteContext, chat: ChatRow, input: Actor, userId: number) {
  const words = `made ${await usernameOf(context, userId)} the owner`;
  return tell(context, chat, input, words, about('owner_changed', userId, 'owner'));
}

export interface NewSettings {
  nickname?: string | null;
  mute?: Partial<Pick<MemberSettings, 'isMuted' | 'mutedUntil'>>;
  level?: MemberRow['notification_level'];
}

export const updateMember = defineWrite<
  Actor & { userId: number; role?: Role } & NewSettings,
  ChatChanges
>('chats.update_member', async (context, input) => {
  const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
  const isSelf = input.userId === input.actorId;
  const target = isSelf ? actor : await targetMember(context, chat.id, input.userId);
  const changes: ChatChanges = { chat, updated: [], messages: [], users: [] };
  if (input.role !== undefined && input.role !== target.role) {
    rules.mustBeGroup(chat.chat_type);
    rules.mustOwn(actor.role);
    await changeRole(context, { ...input, role: input.role }, actor, target, changes);
  }
  if (input.nickname !== undefined) refuseBlocked(chat);
  if (input.nickname !== undefined) rules.mustRename(actor.role, target.role, isSelf);
  const { nickname } = input;
  if (nickname !== undefined && nickname !== target.nickname) {
    changes.updated.push(await changeMember(context, chat, target.id, { nickname }));
  }
  if (changes.updated.length > 0) await saveChat(context, chat);
  const settled = await settle(context, target, input, input.at);
  return withUsers(context, settled ? { ...changes, settled } : changes);
});

/** What a member wants to hear of the chat makes no revision of it: it is theirs alone. */
async function settle(
  { db }: WriteContext,
  target: MemberRow,
  { mute, level = target.notification_level }: NewSettings,
  at: number,
): Promise<MemberRow | undefined> {
  const before = memberSettings(target);
  const { isMuted, mutedUntil } = withWanted(before, mute, at);
  const isSame = isMuted === before.isMuted && mutedUntil === before.mutedUntil;
  if (isSame && level === before.level) return;
  return db
    .updateTable('chat_members')
    .set({ is_muted: Number(isMuted), muted_until: mutedUntil, notification_level: level })
    .set({ settings_version: target.settings_version + 1 })
    .where('id', '=', target.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function changeRole(
  context: WriteContext,
  input: Actor & { userId: number; role: Role },
  actor: MemberRow,
  target: MemberRow,
  changes: ChatChanges,
) {
  const { chat } = changes;
  if (target.id === actor.id) {
    throw new ConfabError(
      'forbidden',
      'The owner cannot step down; make another member the owner.',
    );
  }
  changes.updated.push(await changeMember(context, chat, target.id, { role: input.role }));
  if (input.role === 'owner') {
    changes.updated.push(await changeMember(context, chat, actor.id, { role: 'admin' }));
    changes.messages.push(await tellOfOwner(context, chat, input, target.user_id));
    return;
  }
  const name = await usernameOf(context, target.user_id);
  const words = input.role === 'admin' ? `made ${name} an admin` : `made ${name} a member`;
  const event = about('role_changed', target.user_id, input.role);
  changes.messages.push(await tell(context, chat, input, words, event));
}

/** Takes the chat from everybody at once; its messages are erased in small steps afterwards. */
export const deleteChat = defineWrite<Actor, { rev: number; memberIds: number[] }>(
  'chats.delete',
  async (context, input) => {
    const { chat, actor } = await chatAndActor(context, input.chatId, input.actorId);
    rules.mustBeGroup(chat.chat_type);
    rules.mustOwn(actor.role);
    return takeFromAll(context, chat, input.at);
  },
);

/** What is left of a chat that is deleted, until its messages are erased. */
const BLANK = { name: '', description: null, avatar_url: null, is_active: 0, member_count: 0 };

export async function takeFromAll(context: WriteContext, chat: ChatRow, at: number) {
  const rev = nextRev(chat);
  const gone = await context.db
    .updateTable('chat_members')
    .set({ left_at: at, rev })
    .where('chat_id', '=', chat.id)
    .where('left_at', 'is', null)
    .returning('user_id')
    .execute();
  await doomAvatar(context, 'chat', chat.id);
  await saveChat(context, { ...chat, ...BLANK, direct_key: null });
  return { rev, memberIds: gone.map((row) => row.user_id) };
}

const KEYS_OF_CHAT = [
  'epoch_slices.chat_id',
  'chat_epochs.chat_id',
  'membership_log.chat_id',
] as const;

/** Erases some messages of a deleted chat. @returns whether there may be more */
export const eraseChat = defineWrite<{ chatId: number; limit: number }, boolean>(
  'chats.erase',
  async (context, { chatId, limit }) => {
    const { db } = context;
    // Before the messages: while one of them is left, a restart goes on with this chat.
    if ((await eraseNotices(context, chatId, limit)) === limit) return true;
    for (const column of KEYS_OF_CHAT) {
      if (await eraseSome(context, column, chatId, limit)) return true;
    }
    const rows = await db
      .selectFrom('messages')
      .select('id')
      .where('chat_id', '=', chatId)
      .limit(limit)
      .execute();
    const ids = rows.map((row) => row.id);
    await doomMediaOf(context, ids);
    if (ids.length > 0) await db.deleteFrom('messages').where('id', 'in', ids).execute();
    return ids.length === limit;
  },
);
