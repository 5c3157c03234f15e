import type { ChatMember, Message, Role, SystemEvent } from '@confab/protocol';

/** A message as the model knows it. Immutable: every change makes a new one. */
export interface ModelMessage {
  readonly id: number;
  readonly chatId: number;
  readonly seq: number;
  readonly rev: number;
  /** Revision at which it was sent. */
  readonly sentRev: number;
  readonly senderId: number;
  readonly content: string;
  readonly contentType: Message['content_type'];
  readonly replyToId: number | null;
  readonly clientMessageId: string | null;
  readonly event: SystemEvent | null;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
  /** `emoji user`, sorted. */
  readonly reactions: readonly string[];
  readonly at: number;
  /** Null: not pinned. */
  readonly pinnedAt: number | null;
  /** When it disappears; null for never, and once it was erased. */
  readonly expiresAt: number | null;
  /** As `expiresAt`, but kept when it was erased. */
  readonly endsAt: number | null;
}

/** What a system message is besides what it says, and every message at first. */
export const FRESH = {
  replyToId: null,
  clientMessageId: null,
  event: null,
  isEdited: false,
  isDeleted: false,
  reactions: [],
  pinnedAt: null,
  expiresAt: null,
  endsAt: null,
} as const;

/** What is left of a message that was deleted, or has disappeared. */
export const tombstone = (message: ModelMessage): ModelMessage => ({
  ...message,
  content: '',
  isDeleted: true,
  isEdited: false,
  reactions: [],
  pinnedAt: null,
  expiresAt: null,
});

/** From its end on a message is shown to nobody, whether it was erased yet or not. */
export const isGone = ({ isDeleted, expiresAt }: ModelMessage, now: number): boolean =>
  isDeleted || (expiresAt !== null && expiresAt <= now);

/** From its end on a mute counts no more. */
export const isMuted = (member: ModelMember | undefined, now: number): boolean =>
  member?.isMuted === true && (member.mutedUntil ?? Infinity) > now;

export interface ModelMember {
  readonly userId: number;
  readonly role: Role;
  readonly nickname: string | null;
  readonly isMuted: boolean;
  /** When that is over; null: never. */
  readonly mutedUntil: number | null;
  readonly level: ChatMember['notification_level'];
  readonly joinedAt: number;
  readonly readSeq: number;
  readonly deliveredSeq: number;
}

/** What a chat's settings say. */
export type ModelInfo = Pick<ModelChat, 'name' | 'description' | 'disappearAfterS'>;

/** What happened at one revision. */
export type ModelChange =
  | { readonly kind: 'created' | 'erased' }
  | { readonly kind: 'sent' | 'changed' | 'deleted'; readonly message: ModelMessage }
  | { readonly kind: 'info'; readonly info: ModelInfo }
  | { readonly kind: 'added' | 'updated'; readonly member: ModelMember }
  | { readonly kind: 'removed'; readonly userId: number };

export class ModelChat {
  readonly id: number;
  readonly type: 'direct' | 'group';
  name: string | null;
  description: string | null = null;
  disappearAfterS = 0;
  avatarUrl: string | null = null;
  isActive = true;
  readonly members = new Map<number, ModelMember>();
  /** By seq, from 1. */
  readonly messages: ModelMessage[] = [];
  /** By revision, from 1. */
  readonly changes: ModelChange[] = [{ kind: 'created' }];
  /** Revision at which a former member left last. */
  readonly leftAt = new Map<number, number>();

  constructor(id: number, type: 'direct' | 'group', name: string | null) {
    this.id = id;
    this.type = type;
    this.name = name;
  }

  get rev(): number {
    return this.changes.length;
  }

  get lastSeq(): number {
    return this.messages.length;
  }

  change(rev: number): ModelChange | undefined {
    return this.changes[rev - 1];
  }

  messageById(id: number): ModelMessage | undefined {
    return this.messages.find((message) => message.id === id);
  }

  unread(userId: number): number {
    const member = this.members.get(userId);
    return member ? this.lastSeq - member.readSeq : 0;
  }

  /** Puts a member's row; a revision of its own when `kind` says so. */
  put(member: ModelMember, kind?: 'added' | 'updated') {
    this.members.set(member.userId, member);
    if (kind) this.changes.push({ kind, member });
  }

  remove(userId: number) {
    this.members.delete(userId);
    this.changes.push({ kind: 'removed', userId });
    this.leftAt.set(userId, this.rev);
  }

  append(message: Omit<ModelMessage, 'chatId' | 'seq' | 'rev' | 'sentRev'>): ModelMessage {
    const rev = this.rev + 1;
    const whole = { ...message, chatId: this.id, seq: this.lastSeq + 1, rev, sentRev: rev };
    this.messages.push(whole);
    this.changes.push({ kind: 'sent', message: whole });
    this.see(message.senderId, whole.seq, whole.seq);
    return whole;
  }

  replace(message: ModelMessage, kind: 'changed' | 'deleted'): ModelMessage {
    const whole = { ...message, rev: this.rev + 1 };
    this.messages[message.seq - 1] = whole;
    this.changes.push({ kind, message: whole });
    return whole;
  }

  /** Moves a member's watermarks forward. */
  see(userId: number, readSeq: number, deliveredSeq: number) {
    const member = this.members.get(userId);
    if (!member) return;
    this.members.set(userId, {
      ...member,
      readSeq: Math.max(member.readSeq, readSeq),
      deliveredSeq: Math.max(member.deliveredSeq, deliveredSeq),
    });
  }

  /** How far everybody but one has come. */
  floorWithout(userId: number): { read: number; delivered: number } {
    const others = [...this.members.values()].filter((member) => member.userId !== userId);
    return {
      read: Math.min(...others.map((member) => member.readSeq)),
      delivered: Math.min(...others.map((member) => member.deliveredSeq)),
    };
  }
}
