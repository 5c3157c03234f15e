import { LIMITS } from '@confab/protocol';
import type { ChatChange, MemberSettings, MemberState, Watermark } from '../../realtime/bus';
import { Floors } from './floors';
import { type ChatRow, isClosed } from './records';

/** How many of the newest messages' places are remembered. */
const RECENT = 256;
/** How many advances of a watermark keep their time. */
const TRAIL = 16;

export interface RecentMessage {
  id: number;
  seq: number;
  senderId: number;
}

/** Whether an account is deactivated or erased. */
export type IsInactive = (userId: number) => boolean;

interface Advance {
  seq: number;
  at: number;
}

/**
 * What every frame of a chat is checked against, in memory: who is in it and how far each has
 * received and read. Loaded once, kept in step by the bus.
 */
export class ChatState {
  readonly id: number;
  readonly type: 'direct' | 'group';
  readonly isEncrypted: boolean;
  readonly members = new Map<number, MemberState>();
  readonly #recent: RecentMessage[] = [];
  readonly #reads = new Map<number, Advance[]>();
  readonly #deliveries = new Map<number, Advance[]>();
  lastSeq: number;
  rev: number;
  deleted = false;
  /** Nobody can write to it any more. */
  closed: boolean;

  /** Whose account is deactivated or erased. */
  readonly isInactive: IsInactive;

  constructor(row: ChatRow, members: readonly MemberState[], isInactive: IsInactive = () => false) {
    this.isInactive = isInactive;
    this.id = row.id;
    this.type = row.chat_type;
    this.isEncrypted = row.is_encrypted === 1;
    this.lastSeq = row.last_seq;
    this.rev = row.rev;
    this.closed = isClosed(row);
    for (const member of members) this.members.set(member.userId, member);
  }

  /** Takes a committed change in. Changes that the loaded rows already held are passed over. */
  apply(rev: number, change: ChatChange): void {
    if (rev <= this.rev) return;
    this.rev = rev;
    switch (change.kind) {
      case 'message':
        this.#appended(change);
        break;
      case 'member_added':
        this.members.set(change.member.userId, change.member);
        break;
      case 'member_updated':
        this.#updated(change.member);
        break;
      case 'member_removed':
        this.#left(change.userId);
        break;
      case 'deleted':
        this.deleted = true;
        this.members.clear();
        break;
      case 'info':
        this.closed ||= change.closed ?? false;
        break;
      case 'content':
        break;
    }
  }

  /** What was received may be further than what is stored of it yet. */
  #updated(member: MemberState) {
    const known = this.members.get(member.userId);
    this.members.set(member.userId, known ? withNewestMarks(member, known) : member);
  }

  #left(userId: number) {
    this.members.delete(userId);
    this.#reads.delete(userId);
    this.#deliveries.delete(userId);
  }

  #appended(message: { messageId: number; seq: number; senderId: number; at: number }) {
    this.lastSeq = message.seq;
    this.#recent.push({ id: message.messageId, seq: message.seq, senderId: message.senderId });
    if (this.#recent.length > RECENT * 2) this.#recent.splice(0, RECENT);
    const { senderId: userId, seq, at } = message;
    this.advance({ userId, readSeq: seq, deliveredSeq: seq, at });
  }

  /** What a member wants to hear of the chat is new. */
  settle(userId: number, settings: MemberSettings): void {
    const member = this.members.get(userId);
    if (member) Object.assign(member, settings);
  }

  /** Moves a member's watermarks forward, never back. @returns whether either one moved */
  advance(mark: Watermark): boolean {
    const member = this.members.get(mark.userId);
    if (!member) return false;
    const readSeq = Math.min(mark.readSeq, this.lastSeq);
    const deliveredSeq = Math.min(Math.max(mark.deliveredSeq, readSeq), this.lastSeq);
    const delivered = deliveredSeq > member.deliveredSeq;
    const read = readSeq > member.readSeq;
    if (delivered) {
      member.deliveredSeq = deliveredSeq;
      member.deliveredAt = mark.at;
      remember(this.#deliveries, mark.userId, { seq: deliveredSeq, at: mark.at });
    }
    if (read) {
      member.readSeq = readSeq;
      member.readAt = mark.at;
      remember(this.#reads, mark.userId, { seq: readSeq, at: mark.at });
    }
    return delivered || read;
  }

  /** When a member's watermark passed a place, as far as known: never later than it says. */
  passedAt(userId: number, seq: number, which: 'read' | 'delivered'): number | null {
    const trail = (which === 'read' ? this.#reads : this.#deliveries).get(userId);
    const exact = trail?.find((advance) => advance.seq >= seq);
    if (exact) return exact.at;
    const member = this.members.get(userId);
    const last = which === 'read' ? member?.readAt : member?.deliveredAt;
    return last ?? member?.joinedAt ?? null;
  }

  recentById(messageId: number): RecentMessage | undefined {
    return this.#recent.findLast((message) => message.id === messageId);
  }

  /** Undefined when the place is older than what is remembered. */
  recentAt(seq: number): RecentMessage | undefined {
    const first = this.#recent[0];
    const message = first && this.#recent[seq - first.seq];
    return message?.seq === seq ? message : undefined;
  }

  /** How far the members have come, as it is now: one walk through all of them. */
  floors(): Floors {
    return new Floors(this.members.values(), this.isInactive);
  }

  unread(userId: number): number {
    return Math.max(0, this.lastSeq - (this.members.get(userId)?.readSeq ?? this.lastSeq));
  }
}

/** How many members a group may have: keys of an encrypted one are wrapped to each. */
export function mostMembers(ofGroups: number, isEncrypted = false): number {
  return isEncrypted ? Math.min(ofGroups, LIMITS.encryptedGroupMembers) : ofGroups;
}

/** Watermarks are stored a while after they moved: those in memory may be ahead of the row's. */
function withNewestMarks(member: MemberState, known: MemberState): MemberState {
  const { readSeq, readAt, deliveredSeq, deliveredAt } = known;
  return {
    ...member,
    ...(readSeq > member.readSeq ? { readSeq, readAt } : {}),
    ...(deliveredSeq > member.deliveredSeq ? { deliveredSeq, deliveredAt } : {}),
  };
}

function remember(trails: Map<number, Advance[]>, userId: number, advance: Advance) {
  const trail = trails.get(userId);
  if (!trail) return void trails.set(userId, [advance]);
  trail.push(advance);
  if (trail.length > TRAIL) trail.shift();
}
