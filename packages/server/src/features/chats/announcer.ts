import type { Message } from '@confab/protocol';
import { frame } from '../../lib/frame';
import type { Bus } from '../../realtime/bus';
import type { Visibility } from '../privacy';
import type { ChatChanges } from './changes';
import { presentInfo, presentMember, presentOwn, summaryForAll } from './present';
import {
  isClosed,
  type MemberRow,
  memberSettings,
  memberState,
  type NamedUser,
  type SystemMessage,
} from './records';
import type { ChatState } from './state';

/** Shows a system message as a message; the messages feature knows how. */
export type PresentSystemMessage = (message: SystemMessage, senderUsername: string) => Message;

/** Tells everybody what a write changed, in the order of the chat's revisions. */
export class ChatAnnouncer {
  readonly #bus: Bus;
  readonly #visibility: Visibility;
  readonly #present: PresentSystemMessage;
  readonly #now: () => number;

  constructor(bus: Bus, visibility: Visibility, present: PresentSystemMessage, now: () => number) {
    this.#bus = bus;
    this.#visibility = visibility;
    this.#present = present;
    this.#now = now;
  }

  announce(changes: ChatChanges, state: ChatState | undefined): void {
    const events: { rev: number; publish: () => void }[] = [];
    const { chat, added, removed, infoRev } = changes;
    if (infoRev !== undefined) {
      events.push({ rev: infoRev, publish: () => this.#info(changes, infoRev) });
    }
    if (added) events.push({ rev: added.rev, publish: () => this.#added(changes, added, state) });
    if (removed) {
      events.push({ rev: removed.rev, publish: () => this.#removed(chat.id, removed) });
    }
    for (const row of changes.updated) {
      events.push({ rev: row.rev, publish: () => this.#updated(changes, row, state) });
    }
    for (const message of changes.messages) {
      events.push({ rev: message.rev, publish: () => this.#message(changes, message) });
    }
    events.sort((a, b) => a.rev - b.rev);
    for (const event of events) event.publish();
    if (changes.settled) this.#settled(changes, changes.settled);
  }

  /** Tells a member's own devices, after what everybody was told. */
  #settled(changes: ChatChanges, row: MemberRow) {
    const { id: chatId, rev } = changes.chat;
    const user = namedIn(changes, row.user_id);
    const idAt = idsReached(changes);
    const marks = {
      last_read_message_id: idAt(row.last_read_seq),
      last_delivered_message_id: idAt(row.last_delivered_seq),
    };
    const member = presentOwn(row, summaryForAll(user), marks, this.#now());
    this.#bus.publish({
      kind: 'member_settings',
      chatId,
      userId: row.user_id,
      settings: memberSettings(row),
      frame: frame('member_updated', { chat_id: member.chat_id, rev, member }),
    });
  }

  #info({ chat }: ChatChanges, rev: number) {
    this.#bus.publish({
      kind: 'chat',
      chatId: chat.id,
      rev,
      frame: frame('chat_updated', { chat: { ...presentInfo(chat), rev } }),
      change: { kind: 'info', ...(isClosed(chat) ? { closed: true } : {}) },
    });
  }

  #added(changes: ChatChanges, row: MemberRow, state: ChatState | undefined) {
    const { chat } = changes;
    const member = this.#member(changes, row, state);
    this.#bus.publish({
      kind: 'chat',
      chatId: chat.id,
      rev: row.rev,
      frame: frame('member_added', { chat_id: member.chat_id, rev: row.rev, member }),
      change: { kind: 'member_added', member: memberState(row) },
    });
    const joining = { userId: row.user_id, chatId: chat.id, rev: row.rev };
    this.#bus.publish({ kind: 'membership', ...joining, joined: true });
  }

  #updated(changes: ChatChanges, row: MemberRow, state: ChatState | undefined) {
    const member = this.#member(changes, row, state);
    this.#bus.publish({
      kind: 'chat',
      chatId: row.chat_id,
      rev: row.rev,
      frame: frame('member_updated', { chat_id: member.chat_id, rev: row.rev, member }),
      change: { kind: 'member_updated', member: memberState(row) },
    });
  }

  /** Who was removed hears nothing of the chat any more, not even their own removal from it. */
  #removed(chatId: number, { userId, rev }: { userId: number; rev: number }) {
    this.#bus.publish({ kind: 'membership', userId, chatId, rev, joined: false });
    this.#bus.publish({
      kind: 'chat',
      chatId,
      rev,
      frame: frame('member_removed', { chat_id: chatId as never, rev, user_id: userId as never }),
      change: { kind: 'member_removed', userId },
    });
    this.gone(chatId, userId);
  }

  /** The chat is gone, for everybody who was in it. */
  deleted(chatId: number, rev: number, memberIds: readonly number[]): void {
    for (const userId of memberIds) {
      this.#bus.publish({ kind: 'membership', userId, chatId, rev, joined: false });
      this.gone(chatId, userId);
    }
    this.#bus.publish({
      kind: 'chat',
      chatId,
      rev,
      frame: frame('chat_removed', { chat_id: chatId as never }),
      change: { kind: 'deleted' },
    });
  }

  gone(chatId: number, userId: number) {
    const gone = frame('chat_removed', { chat_id: chatId as never });
    this.#bus.publish({ kind: 'user', userId, frame: gone });
  }

  #message(changes: ChatChanges, message: SystemMessage) {
    const sender = changes.users.find((user) => user.id === message.senderId);
    this.announceMessage(message, sender?.username ?? '');
  }

  announceMessage(message: SystemMessage, senderUsername: string) {
    const shown = this.#present(message, senderUsername);
    this.#bus.publish({
      kind: 'chat',
      chatId: message.chatId,
      rev: message.rev,
      frame: frame('new_message', { message: shown }),
      change: {
        kind: 'message',
        messageId: message.id,
        seq: message.seq,
        senderId: message.senderId,
        at: message.at,
      },
    });
  }

  /** As every member may see it: whoever may see their presence is told of it apart. */
  #member(changes: ChatChanges, row: MemberRow, state: ChatState | undefined) {
    const user = namedIn(changes, row.user_id);
    const idAt = idsReached(changes);
    const isReadShown = state !== undefined && this.#visibility.letsBeRead(state, user.id);
    const readId = isReadShown ? idAt(row.last_read_seq) : null;
    // What reached a device of theirs is not for those to know whom they blocked.
    return presentMember(row, summaryForAll(user), {
      last_read_message_id: readId,
      last_delivered_message_id: readId,
    });
  }
}

function namedIn(changes: ChatChanges, userId: number): NamedUser {
  const user = changes.users.find((candidate) => candidate.id === userId);
  if (!user) throw new Error(`User ${userId} is missing from the change`);
  return user;
}

/** Finds the message at a place that a changed member has come to. */
const idsReached = (changes: ChatChanges) => (seq: number) =>
  changes.reached?.find((message) => message.seq === seq)?.id ?? null;
