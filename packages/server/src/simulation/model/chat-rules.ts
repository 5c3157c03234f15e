import type { Role, SystemEvent } from '@confab/protocol';
import type { Actor } from '../../features/chats/change-writes';
import type { ChatChanges } from '../../features/chats/changes';
import type { NewGroup } from '../../features/chats/create-writes';
import type { SystemMessage } from '../../features/chats/records';
import type { Model, Verdict } from './model';
import { FRESH, isMuted, ModelChat, type ModelMember } from './state';

/** What the contract says of chats and their members, in the plainest way. */

const RANK = { member: 0, admin: 1, owner: 2 } as const;

const newMember = (userId: number, role: Role, joinedAt: number, seq: number): ModelMember => ({
  userId,
  role,
  nickname: null,
  isMuted: false,
  mutedUntil: null,
  level: 'all',
  joinedAt,
  readSeq: seq,
  deliveredSeq: seq,
});

export function createGroup(model: Model, input: NewGroup): Verdict<number> {
  if (input.memberIds.some((id) => model.isApart(input.ownerId, id))) {
    return { refuse: 'forbidden' };
  }
  return {
    accept: (id) => {
      const chat = new ModelChat(model.freshId('chat', id), 'group', input.name);
      chat.description = input.description;
      chat.avatarUrl = input.avatarUrl;
      chat.put(newMember(input.ownerId, 'owner', input.at, 0));
      for (const userId of input.memberIds) chat.put(newMember(userId, 'member', input.at, 0));
      model.chats.set(id, chat);
    },
  };
}

export function createDirect(
  model: Model,
  input: { userId: number; peerId: number; at: number },
): Verdict<{ chatId: number; created: boolean }> {
  const pair = [input.userId, input.peerId].sort((a, b) => a - b).join(':');
  const known = model.directs.get(pair);
  return {
    accept: ({ chatId, created }) => {
      model.same('whether a direct chat is new', created, known === undefined);
      if (known !== undefined) return model.same('the direct chat of a pair', chatId, known);
      const chat = new ModelChat(model.freshId('chat', chatId), 'direct', null);
      for (const userId of new Set([input.userId, input.peerId])) {
        chat.put(newMember(userId, 'member', input.at, 0));
      }
      model.chats.set(chatId, chat);
      model.directs.set(pair, chatId);
    },
  };
}

/** Takes in the system messages that a change told of, and checks what they say. */
export class Telling {
  readonly #model: Model;
  readonly #chat: ModelChat;
  readonly #told: SystemMessage[];

  constructor(model: Model, chat: ModelChat, told: readonly SystemMessage[]) {
    this.#model = model;
    this.#chat = chat;
    this.#told = [...told];
  }

  next(senderId: number, action: SystemEvent['action'], userId: number | null) {
    const told = this.#told.shift();
    if (!told) return this.#model.disagree(`nobody was told of ${action}`);
    this.#model.same(action, [told.event.action, told.event.user_id], [action, userId]);
    const message = this.#chat.append({
      ...FRESH,
      id: this.#model.freshId('message', told.id),
      senderId,
      content: told.content,
      contentType: 'system',
      event: told.event,
      at: told.at,
    });
    this.#model.same(`${action}'s place`, [told.seq, told.rev], [message.seq, message.rev]);
  }

  end(told: ChatChanges) {
    this.#model.same('messages too many', this.#told.length, 0);
    this.#model.same('the revision', told.chat.rev, this.#chat.rev);
    this.#model.same('the count of members', told.chat.member_count, this.#chat.members.size);
  }
}

type Fields = {
  name?: string;
  description?: string | null;
  avatar_url?: string | null;
  disappear_after_s?: number;
};

export function update(model: Model, input: Actor & { fields: Fields }): Verdict<ChatChanges> {
  const chat = model.chatOf(input.chatId, input.actorId);
  if (!chat) return { refuse: 'not_found' };
  const onlyDisappearing = Object.keys(input.fields).join() === 'disappear_after_s';
  if (chat.type === 'direct' && onlyDisappearing) {
    if (model.isBlocked(chat)) return { refuse: 'blocked' };
  } else if (chat.type !== 'group' || roleOf(chat, input.actorId) === 'member') {
    return { refuse: 'forbidden' };
  }
  return {
    accept: (told) => {
      const { name = chat.name, description = chat.description } = input.fields;
      const { disappear_after_s: disappearAfterS = chat.disappearAfterS } = input.fields;
      const telling = new Telling(model, chat, told.messages);
      const renamed = name !== chat.name;
      const described = description !== chat.description;
      const timed = disappearAfterS !== chat.disappearAfterS;
      const info = { name, description, disappearAfterS };
      Object.assign(chat, info);
      if (renamed || described || timed) chat.changes.push({ kind: 'info', info });
      if (renamed) telling.next(input.actorId, 'chat_renamed', null);
      if (described) telling.next(input.actorId, 'description_changed', null);
      if (timed) telling.next(input.actorId, 'disappearing_changed', null);
      telling.end(told);
    },
  };
}

export function addMember(
  model: Model,
  input: Actor & { userId: number; role: Role },
): Verdict<ChatChanges> {
  const chat = model.chatOf(input.chatId, input.actorId);
  if (!chat) return { refuse: 'not_found' };
  const actor = roleOf(chat, input.actorId);
  const may = actor === 'owner' || (actor === 'admin' && input.role === 'member');
  if (chat.type !== 'group' || !may) return { refuse: 'forbidden' };
  if (chat.members.has(input.userId)) return { refuse: 'already_a_member' };
  if (model.isApart(input.actorId, input.userId)) return { refuse: 'forbidden' };
  return {
    accept: (told) => {
      const telling = new Telling(model, chat, told.messages);
      // The message that tells of the joining is not unread for the one who joined.
      const joined = newMember(input.userId, input.role, input.at, chat.lastSeq + 1);
      chat.put(joined, 'added');
      telling.next(input.actorId, 'member_added', input.userId);
      telling.end(told);
    },
  };
}

export function removeMember(
  model: Model,
  input: Actor & { userId: number },
): Verdict<ChatChanges> {
  const chat = model.chatOf(input.chatId, input.actorId);
  if (!chat) return { refuse: 'not_found' };
  if (chat.type !== 'group') return { refuse: 'forbidden' };
  const isLeaving = input.userId === input.actorId;
  const target = chat.members.get(input.userId);
  if (!target) return { refuse: 'not_a_member' };
  const actor = roleOf(chat, input.actorId);
  const may = isLeaving || (actor !== 'member' && RANK[target.role] < RANK[actor]);
  if (!may) return { refuse: 'forbidden' };
  return {
    accept: (told) => {
      const telling = new Telling(model, chat, told.messages);
      chat.remove(input.userId);
      telling.next(input.actorId, isLeaving ? 'member_left' : 'member_removed', input.userId);
      const heir = target.role === 'owner' ? successor(chat) : undefined;
      if (heir) {
        chat.put({ ...heir, role: 'owner' }, 'updated');
        telling.next(input.actorId, 'owner_changed', heir.userId);
      }
      chat.isActive = chat.members.size > 0;
      telling.end(told);
    },
  };
}

function successor(chat: ModelChat): ModelMember | undefined {
  const byAge = [...chat.members.values()].sort(
    (a, b) => a.joinedAt - b.joinedAt || a.userId - b.userId,
  );
  return byAge.find((member) => member.role === 'admin') ?? byAge[0];
}

type MemberChange = Actor & {
  userId: number;
  role?: Role;
  nickname?: string | null;
  mute?: { isMuted?: boolean; mutedUntil?: number | null };
  level?: ModelMember['level'];
};

export function updateMember(model: Model, input: MemberChange): Verdict<ChatChanges> {
  const chat = model.chatOf(input.chatId, input.actorId);
  if (!chat) return { refuse: 'not_found' };
  const actor = chat.members.get(input.actorId) as ModelMember;
  const target = chat.members.get(input.userId);
  if (!target) return { refuse: 'not_a_member' };
  const isSelf = actor === target;
  const newRole = input.role === target.role ? undefined : input.role;
  const mayRole = chat.type === 'group' && actor.role === 'owner' && !isSelf;
  const mayName = isSelf || (actor.role !== 'member' && RANK[target.role] <= RANK[actor.role]);
  if (newRole && !mayRole) return { refuse: 'forbidden' };
  if (input.nickname !== undefined) {
    if (model.isBlocked(chat)) return { refuse: 'blocked' };
    if (!mayName) return { refuse: 'forbidden' };
  }
  return {
    accept: (told) => {
      const telling = new Telling(model, chat, told.messages);
      if (newRole) changeRole(chat, telling, actor, target, newRole);
      const before = chat.members.get(input.userId) ?? target;
      const { nickname = before.nickname, level = before.level } = input;
      // What a member wants to hear is theirs alone: no revision tells of it.
      const settled = { ...before, ...muteAfter(before, input), level };
      chat.put(settled);
      if (nickname !== before.nickname) chat.put({ ...settled, nickname }, 'updated');
      telling.end(told);
    },
  };
}

/** An end that is taken away makes a mute of no member who is not muted by then. */
const muteAfter = (before: ModelMember, { mute, at }: MemberChange) =>
  mute && { isMuted: isMuted(before, at), mutedUntil: null, ...mute };

function changeRole(
  chat: ModelChat,
  telling: Telling,
  actor: ModelMember,
  target: ModelMember,
  role: Role,
) {
  chat.put({ ...target, role }, 'updated');
  if (role === 'owner') chat.put({ ...actor, role: 'admin' }, 'updated');
  const action = role === 'owner' ? 'owner_changed' : 'role_changed';
  telling.next(actor.userId, action, target.userId);
}

export function deleteChat(
  model: Model,
  input: Actor,
): Verdict<{ rev: number; memberIds: number[] }> {
  const chat = model.chatOf(input.chatId, input.actorId);
  if (!chat) return { refuse: 'not_found' };
  const may = chat.type === 'group' && roleOf(chat, input.actorId) === 'owner';
  if (!may) return { refuse: 'forbidden' };
  return {
    accept: ({ rev, memberIds }) => {
      chat.changes.push({ kind: 'erased' });
      model.same('the revision of an end', rev, chat.rev);
      const sorted = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b);
      model.same('who lost the chat', sorted(memberIds), sorted(chat.members.keys()));
      for (const userId of memberIds) chat.leftAt.set(userId, chat.rev);
      chat.members.clear();
      chat.isActive = false;
    },
  };
}

const roleOf = (chat: ModelChat, userId: number): Role =>
  chat.members.get(userId)?.role ?? 'member';
