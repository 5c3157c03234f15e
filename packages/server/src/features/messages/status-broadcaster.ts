import type { EventBody } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import { frame } from '../../lib/frame';
import type { BusMessage, Watermark } from '../../realtime/bus';
import type { Hub } from '../../realtime/hub';
import type { ChatState, ChatStates } from '../chats';
import type { Sees, Visibility } from '../privacy';
import { toldFloor } from './present';
import type { MessageRepository } from './repository';

/** Between two frames of one chat: at most five a second. */
const SPACING_MS = 200;
/** In a chat that never rests, receipts are told less often: nobody reads five ticks a second. */
const MAX_SPACING_MS = 1000;
/** Larger groups get one aggregate in place of a frame per member. */
const AGGREGATE_OVER = 50;

interface Marks {
  delivered: number;
  read: number;
}

interface Pending {
  /** Where each member stood before the first advance that nobody was told of. */
  before: Map<number, Marks>;
  /** The last aggregate of a large group. */
  aggregate: Marks | undefined;
  scheduled: boolean;
  /** Milliseconds since 1970; no frame of this chat goes out earlier. */
  notBefore: number;
  spacingMs: number;
}

/** Tells senders how far their messages have come, coalesced per chat. */
export class StatusBroadcaster {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #states: ChatStates;
  readonly #messages: MessageRepository;
  readonly #visibility: Visibility;
  readonly #onError: (error: unknown) => void;
  readonly #chats = new Map<number, Pending>();
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(deps: {
    clock: Clock;
    hub: Hub;
    states: ChatStates;
    messages: MessageRepository;
    visibility: Visibility;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#hub = deps.hub;
    this.#states = deps.states;
    this.#messages = deps.messages;
    this.#visibility = deps.visibility;
    this.#onError = deps.onError;
  }

  /** Must hear of watermarks before the chat's state does: it compares the two. */
  follow(message: BusMessage): void {
    const marks = marksIn(message);
    if (marks.length === 0 || !('chatId' in message)) return;
    const state = this.#states.peek(message.chatId);
    if (!state) return;
    const pending = this.#pending(state);
    for (const mark of marks) this.#note(state, pending, mark);
    if (pending.before.size > 0) this.#schedule(state.id, pending);
  }

  #pending(state: ChatState): Pending {
    const known = this.#chats.get(state.id);
    if (known) return known;
    const made: Pending = {
      before: new Map(),
      aggregate: state.members.size > AGGREGATE_OVER ? floorOf(state) : undefined,
      scheduled: false,
      notBefore: 0,
      spacingMs: SPACING_MS,
    };
    this.#chats.set(state.id, made);
    return made;
  }

  #note(state: ChatState, pending: Pending, { userId, readSeq, deliveredSeq }: Watermark) {
    const member = state.members.get(userId);
    if (!member || pending.before.has(userId)) return;
    if (readSeq <= member.readSeq && deliveredSeq <= member.deliveredSeq) return;
    pending.before.set(userId, { delivered: member.deliveredSeq, read: member.readSeq });
  }

  #schedule(chatId: number, pending: Pending) {
    if (pending.scheduled || this.#stopped) return;
    pending.scheduled = true;
    const wait = Math.max(5, pending.notBefore - this.#clock.now());
    this.#clock.after(wait, () => {
      pending.scheduled = false;
      if (this.#stopped) return;
      const flush = this.#flush(chatId, pending)
        .catch(this.#onError)
        .finally(() => this.#underWay.delete(flush));
      this.#underWay.add(flush);
    });
  }

  /** Begins nothing any more, and waits for what is being read from the database. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#underWay);
  }

  /** Chats at rest are forgotten; a large group keeps its last aggregate. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [chatId, pending] of this.#chats) {
      const resting = !pending.scheduled && now - pending.notBefore > MAX_SPACING_MS;
      if (resting && !pending.aggregate) this.#chats.delete(chatId);
    }
  }

  async #flush(chatId: number, pending: Pending): Promise<void> {
    const state = this.#states.peek(chatId);
    const before = new Map(pending.before);
    pending.before.clear();
    if (!state || before.size === 0) return;
    const large = state.members.size > AGGREGATE_OVER;
    const now = this.#clock.now();
    const restless = now - pending.notBefore < SPACING_MS;
    pending.spacingMs = restless ? Math.min(MAX_SPACING_MS, pending.spacingMs * 2) : SPACING_MS;
    pending.notBefore = now + Math.max(pending.spacingMs, (large ? 1 : before.size) * SPACING_MS);
    if (large) await this.#aggregate(state, pending);
    else for (const [userId, from] of before) await this.#member(state, userId, from);
  }

  async #member(state: ChatState, userId: number, from: Marks) {
    const member = state.members.get(userId);
    if (!member || this.#stopped) return;
    const to = { delivered: member.deliveredSeq, read: member.readSeq };
    await this.#tell(state, userId, from, to);
  }

  async #aggregate(state: ChatState, pending: Pending) {
    const to = toldFloor(floorOf(state), this.#visibility.letsBeRead(state), true);
    const from = pending.aggregate ?? { delivered: 0, read: 0 };
    pending.aggregate = to;
    if (to.delivered > from.delivered || to.read > from.read)
      await this.#tell(state, null, from, to);
  }

  /** To those who sent what was passed, on this node; every node does so for its own. */
  async #tell(state: ChatState, userId: number | null, from: Marks, to: Marks) {
    const got = await this.#senders(state, from.delivered, to.delivered);
    const read = await this.#senders(state, from.read, to.read);
    const concerned = new Set([...got, ...read]);
    if (userId !== null) concerned.delete(userId);
    // Whoever left the chat hears no more of it, not even of what they sent.
    const here = () => [...concerned].filter((id) => state.members.has(id) && this.#hub.user(id));
    if (here().length === 0) return;
    const deliveredId = await this.#idAt(state, to.delivered);
    const readId = await this.#idAt(state, to.read);
    const sight = await this.#sight(state, userId, here());
    for (const sender of here()) {
      const seesRead = sight.reads(sender);
      const seesDelivered = sight.deliveries(sender);
      const isNews = (seesDelivered && got.has(sender)) || (seesRead && read.has(sender));
      if (!isNews) continue;
      const shownRead = seesRead ? readId : null;
      const shownDelivered = seesDelivered ? deliveredId : shownRead;
      this.#hub.sendSoonToUser(sender, statusFrame(state.id, userId, shownDelivered, shownRead));
    }
  }

  /** What these senders see of a member, or of all by an aggregate. */
  async #sight(state: ChatState, userId: number | null, senders: readonly number[]) {
    if (userId === null) return this.#sightOfAll(state, senders);
    const reads = await this.#visibility.reads(userId, senders);
    return { reads, deliveries: await this.#visibility.deliveries(userId) };
  }

  async #sightOfAll(state: ChatState, senders: readonly number[]) {
    await this.#visibility.loadBlocks(senders);
    const deliveries: Sees = (sender) => this.#visibility.letsBeDelivered(state.members, sender);
    return { reads: SEES_ALL, deliveries };
  }

  async #senders(state: ChatState, after: number, upTo: number): Promise<ReadonlySet<number>> {
    const senders = new Set<number>();
    if (upTo <= after) return senders;
    if (!state.recentAt(after + 1)) {
      return new Set(await this.#messages.sendersBetween(state.id, after, upTo));
    }
    for (let seq = after + 1; seq <= upTo; seq++) {
      const message = state.recentAt(seq);
      if (message) senders.add(message.senderId);
    }
    return senders;
  }

  async #idAt(state: ChatState, seq: number): Promise<number | null> {
    if (seq === 0) return null;
    const recent = state.recentAt(seq);
    if (recent) return recent.id;
    return (await this.#messages.idsAt(state.id, [seq])).get(seq) ?? null;
  }
}

const SEES_ALL: Sees = () => true;

/** Watermarks that a message moves; its sender has read everything before it. */
function marksIn(message: BusMessage): readonly Watermark[] {
  if (message.kind === 'watermarks') return message.marks;
  if (message.kind !== 'chat' || message.change.kind !== 'message') return [];
  const { senderId: userId, seq, at } = message.change;
  return [{ userId, readSeq: seq - 1, deliveredSeq: seq - 1, at }];
}

function statusFrame(
  chatId: number,
  userId: number | null,
  deliveredId: number | null,
  readId: number | null,
): string {
  return frame('message_status', {
    chat_id: chatId as EventBody<'message_status'>['chat_id'],
    user_id: userId as EventBody<'message_status'>['user_id'],
    delivered_message_id: deliveredId as EventBody<'message_status'>['delivered_message_id'],
    read_message_id: readId as EventBody<'message_status'>['read_message_id'],
  });
}

function floorOf(state: ChatState): Marks {
  const { delivered, read } = state.floors().without(0);
  return { delivered, read };
}
