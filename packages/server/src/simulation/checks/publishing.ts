import type { ServerFrame } from '@confab/protocol';
import type { BusMessage } from '../../realtime/bus';
import type { Model } from '../model/model';
import { isGone, type ModelChange, tombstone } from '../model/state';
import { fixedByRevision, modelFixed, parseFrame } from './frames';

/** Tells of a broken promise, by its number in the contract. */
export type Fail = (promise: string, what: string) => void;

/**
 * What the server publishes: of each chat every revision once and in order, and only what the
 * database holds by then.
 */
export class PublishingCheck {
  readonly #model: Model;
  readonly #fail: Fail;
  /** Revision of each chat up to which the running server has told. */
  readonly #told = new Map<number, number>();
  /** `chat user` to the revision at which the nodes were told that the user is out. */
  readonly #out = new Map<string, number>();
  readonly #announced = new Set<number>();
  /** Revision of each chat when the server started. */
  readonly #atStart = new Map<number, number>();

  constructor(model: Model, fail: Fail) {
    this.#model = model;
    this.#fail = fail;
  }

  /** A server starts: it begins with what the database holds. */
  newLife() {
    this.#told.clear();
    this.#out.clear();
    for (const chat of this.#model.chats.values()) this.#atStart.set(chat.id, chat.rev);
  }

  /** Whether anybody but the database can know of a chat. */
  isAnnounced(chatId: number): boolean {
    return this.#announced.has(chatId) || this.#atStart.has(chatId);
  }

  /** The revision since which a user is out of a chat, and every node knows it. */
  outSince(chatId: number, userId: number): number | undefined {
    const chat = this.#model.chats.get(chatId);
    const leftAt = chat?.leftAt.get(userId);
    if (!chat || leftAt === undefined || chat.members.has(userId)) return undefined;
    const told = this.#out.get(`${chatId} ${userId}`) ?? 0;
    return leftAt <= Math.max(told, this.#atStart.get(chatId) ?? 0) ? leftAt : undefined;
  }

  follow(message: BusMessage) {
    if (message.kind === 'membership') this.#announced.add(message.chatId);
    if (message.kind === 'membership' && !message.joined) {
      this.#out.set(`${message.chatId} ${message.userId}`, message.rev);
    }
    if (message.kind === 'chat') this.#chat(message.chatId, message.rev, message.frame);
  }

  #chat(chatId: number, rev: number, text: string) {
    const chat = this.#model.chats.get(chatId);
    const change = chat?.change(rev);
    if (!chat || !change) {
      return this.#fail('1', `revision ${rev} of chat ${chatId} is told before it is committed`);
    }
    const before = this.#told.get(chatId);
    if (before !== undefined && rev !== before + 1) {
      this.#fail('3', `revision ${rev} of chat ${chatId} is told after ${before}`);
    }
    this.#told.set(chatId, rev);
    const fault = differs(change, parseFrame(text), this.#model.now());
    if (fault) this.#fail('3', `revision ${rev} of chat ${chatId} is told wrongly: ${fault}`);
  }
}

/** Why a frame does not tell what happened. */
function differs(change: ModelChange, frame: ServerFrame, now: number): string | undefined {
  const [told, expected] = compared(change, frame, now) ?? [
    frame.type,
    `what tells of ${change.kind}`,
  ];
  return told === expected ? undefined : `${told}, expected ${expected}`;
}

function compared(
  change: ModelChange,
  frame: ServerFrame,
  now: number,
): [string, string] | undefined {
  switch (frame.type) {
    case 'new_message':
      return change.kind === 'sent' ? messages(frame, change, now) : undefined;
    case 'message_updated':
      return change.kind === 'changed' ? messages(frame, change, now) : undefined;
    case 'message_deleted':
      return change.kind === 'deleted' ? messages(frame, change, now) : undefined;
    case 'chat_updated': {
      const { name, description, disappear_after_s } = frame.chat;
      if (change.kind !== 'info') return undefined;
      const { info } = change;
      return [
        text(name, description, disappear_after_s),
        text(info.name, info.description, info.disappearAfterS),
      ];
    }
    case 'member_added':
    case 'member_updated': {
      const { user_id, role, nickname, is_muted, notification_level } = frame.member;
      if (`member_${change.kind}` !== frame.type || !('member' in change)) return undefined;
      const { member } = change;
      return [
        text(user_id, role, nickname, is_muted, notification_level),
        text(member.userId, member.role, member.nickname, false, undefined),
      ];
    }
    case 'member_removed':
      return change.kind === 'removed' ? [text(frame.user_id), text(change.userId)] : undefined;
    case 'chat_removed':
      return change.kind === 'erased' ? ['', ''] : undefined;
    default:
      return undefined;
  }
}

type MessageFrame = Extract<ServerFrame, { message: unknown }>;
type MessageChange = Extract<ModelChange, { message: unknown }>;

/** What expired meanwhile is told of as what will be left of it. */
function messages(frame: MessageFrame, { message }: MessageChange, now: number): [string, string] {
  const shown = isGone(message, now) ? tombstone(message) : message;
  return [fixedByRevision(frame.message), modelFixed(shown)];
}

const text = (...parts: unknown[]) => JSON.stringify(parts);
