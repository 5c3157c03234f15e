import type { ChatChange, MemberState, Watermark } from '../../realtime/bus';
import type { ChatRow } from './records';

/** How many of the newest messages' places are remembered. */
const RECENT = 256;
/** How many advances of a watermark keep their time. */
const TRAIL = 16;

export interface RecentMessage {
  id: number;
  seq: number;
  senderId: number;
}

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
  readonly members = new Map<number, MemberState>();
  readonly #recent: RecentMessage[] = [];
  readonly #reads = new Map<number, Advance[]>();
  readonly #deliveries = new Map<number, Advance[]>();
  lastSeq: number;
  rev: number;
  deleted = false;

  constructor(row: ChatRow, members: readonly MemberState[]) {
    this.id = row.id;
    this.type = row.chat_type;
    this.lastSeq = row.last_seq;
    this.rev = row.rev;
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
      case 'content':
      case 'info':
        break;
    }
  }

  /** What was delivered to them may be further than what is stored of it yet. */
  #updated(member: MemberState) {
    const held = this.members.get(member.userId);
    const ahead = held && held.deliveredSeq > member.deliveredSeq;
    const { deliveredSeq, deliveredAt } = ahead ? held : member;
    this.members.set(member.userId, { ...member, deliveredSeq, deliveredAt });
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

  /** The lowest watermarks of all members but one: up to there everybody else has it. */
  floorWithout(userId: number): { delivered: number; read: number } {
    let delivered = Number.POSITIVE_INFINITY;
    let read = Number.POSITIVE_INFINITY;
    for (const member of this.members.values()) {
      if (member.userId === userId) continue;
      if (member.deliveredSeq < delivered) delivered = member.deliveredSeq;
      if (member.readSeq < read) read = member.readSeq;
    }
    return { delivered, read };
  }

  unread(userId: number): number {
    return Math.max(0, this.lastSeq - (this.members.get(userId)?.readSeq ?? this.lastSeq));
  }
}

function remember(trails: Map<number, Advance[]>, userId: number, advance: Advance) {
  const trail = trails.get(userId);
  if (!trail) return void trails.set(userId, [advance]);
  trail.push(advance);
  if (trail.length > TRAIL) trail.shift();
}
