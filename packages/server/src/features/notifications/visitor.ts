import { type ChatState, type ChatStates, isMutedAt } from '../chats';
import type { People } from './people';
import { type FollowedMessage, type News, newsFor, tellable } from './recipients';
import type { NotificationRepository, UntoldRow } from './repository';
import { type Decision, loud, type Silence } from './rules';
import type { Silences } from './silences';
import type { Telling } from './teller';
import { WORK } from './work-queue';
import type { Cursor, MentionNews, MessageNews, Notified, Stored } from './writes';

/** Messages that are gone through at once. */
const MESSAGES = 200;
/** Rows of one transaction: large groups are done in pieces, so that nobody waits long for the writer. */
export const ROWS = 100;
/** What is older is not told any more. */
export const STALE_MS = 3_600_000;

export interface VisitorDeps {
  states: ChatStates;
  notifications: NotificationRepository;
  people: People;
  /** Takes note of why devices are not woken. */
  silences: Pick<Silences, 'add'>;
  teller: {
    tell(chatId: number, tellings: readonly Telling[]): void;
    isTelling(id: number): boolean;
    underWay(): ReadonlySet<number>;
    room(): Promise<void>;
  };
  /** Commit; both refuse or are done as a whole. */
  notifyMessages: (news: MessageNews) => Promise<Notified>;
  notifyMentions: (news: MentionNews) => Promise<Stored[]>;
  /** Tells connected members how many unread messages and mentions they have. */
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
  now: () => number;
}

/** Members that may be notified of some messages, and where to go on after them. */
interface Piece {
  news: News[];
  /** The last one looked at; undefined when these were all. */
  after: number | undefined;
}

/** Notifies a chat's members, a piece at a time. What is done is known by the database alone. */
export class ChatVisitor {
  readonly #deps: VisitorDeps;

  constructor(deps: VisitorDeps) {
    this.#deps = deps;
  }

  /** Does a piece of the work. @returns what is left of it */
  async visit(chatId: number, work: number): Promise<number> {
    const state = await this.#deps.states.load(chatId);
    // Of a chat that is gone nobody is notified any more.
    if (!state) return 0;
    await this.#deps.teller.room();
    // Whoever was added hears of that before they hear of what was said.
    if (work & WORK.untold) await this.#untold(state);
    let left = 0;
    if (work & WORK.messages && (await this.#messages(state))) left |= WORK.messages;
    if (work & WORK.mentions && (await this.#mentions(state))) left |= WORK.mentions;
    return left;
  }

  /** @returns whether there may be more to do */
  async #messages(state: ChatState): Promise<boolean> {
    const { notifications } = this.#deps;
    const from = await notifications.cursor(state.id);
    const begun = from.upto > from.seq;
    const upTo = begun ? from.upto : state.lastSeq;
    if (upTo <= from.seq) return false;
    const messages = await notifications.messages(state.id, from.seq, upTo, MESSAGES);
    const end = begun ? from.upto : (messages.at(-1)?.seq ?? upTo);
    const piece = await this.#piece(state, messages, from.after_user);
    const to: Cursor =
      piece.after === undefined
        ? { seq: end, upto: end, after_user: 0 }
        : { seq: from.seq, upto: end, after_user: piece.after };
    await this.#notify(state, messages, from, to, piece.news);
    return piece.after !== undefined || end < state.lastSeq;
  }

  async #piece(
    state: ChatState,
    messages: readonly FollowedMessage[],
    afterUser: number,
  ): Promise<Piece> {
    const told = tellable(messages);
    const { userIds, after } = this.#listeners(state, told, afterUser);
    if (userIds.length === 0) return { news: [], after };
    const { people, notifications, silences } = this.#deps;
    const mentioning = told.filter((message) => message.mentions !== null).map(({ id }) => id);
    const mentioned = await notifications.mentionedAmong(mentioning, userIds);
    const apart = await people.apartFrom(told.map((message) => message.sender_id));
    const news = userIds.flatMap((userId) => {
      const readSeq = state.members.get(userId)?.readSeq ?? state.lastSeq;
      const isMentioned = (messageId: number) => mentioned.has(`${messageId}:${userId}`);
      const isBlocked = (senderId: number) => {
        const isApart = apart.get(senderId)?.has(userId) === true;
        if (isApart) silences.add(userId, state.id, 'apart');
        return isApart;
      };
      return newsFor({ userId, readSeq }, told, isMentioned, isBlocked) ?? [];
    });
    return { news, after };
  }

  /**
   * The next members who may want to hear of some messages. The rest, most of a large group, are
   * passed over by what the rules would say whoever sent them.
   */
  #listeners(state: ChatState, told: readonly FollowedMessage[], afterUser: number) {
    const last = told.at(-1);
    if (last === undefined) return { userIds: [], after: undefined };
    const { people, silences } = this.#deps;
    const lookers = people.lookersAt(state.id);
    const author = authorOf(told);
    // Of a mention it is told by itself why it was not pushed.
    const isPlain = told.some(({ mentions }) => mentions === null);
    const userIds: number[] = [];
    const later = [...state.members.keys()].filter((id) => id > afterUser);
    for (const id of later.sort((a, b) => a - b)) {
      const member = state.members.get(id);
      if (!member) continue;
      const why = id === author ? 'own' : deafness(member, lookers.has(id), last);
      if (why && isPlain) silences.add(id, state.id, why);
      if (why) continue;
      if (userIds.length === ROWS) return { userIds, after: userIds.at(-1) };
      userIds.push(id);
    }
    return { userIds, after: undefined };
  }

  async #notify(
    state: ChatState,
    messages: readonly FollowedMessage[],
    from: Cursor,
    to: Cursor,
    news: readonly News[],
  ): Promise<void> {
    const { people, notifyMessages, teller, now } = this.#deps;
    const candidates = news.map(({ userId, message }) => ({
      userId,
      actorId: message.sender_id,
      saidAt: message.created_at,
    }));
    const decisions = await people.decide('message', state, candidates);
    const byUser = loudest(news, decisions);
    const rows = news
      .filter(({ userId }) => byUser.get(userId)?.store)
      .map(({ userId, message, firstSeq, messages }) => ({
        user_id: userId,
        message_id: message.id,
        seq: message.seq,
        first_seq: firstSeq,
        actor_id: message.sender_id,
        messages,
        told: loud(byUser.get(userId) as Decision) ? 0 : 1,
      }));
    const senders = [...new Set(messages.map((message) => message.sender_id))];
    const input = { chatId: state.id, from, to, rows, senders, at: now() };
    const { stored, arrived } = await notifyMessages(input);
    teller.tell(state.id, tellings(stored, byUser));
    const present = arrived.filter((userId) => people.isConnected(userId));
    if (present.length > 0) this.#deps.tellUnread(state, present);
  }

  /** @returns whether there may be more to do */
  async #mentions(state: ChatState): Promise<boolean> {
    const { notifications, people, notifyMentions, teller, now } = this.#deps;
    const found = await notifications.unnotified(state.id, ROWS);
    if (found.length === 0) return false;
    const candidates = found.map(({ user_id, sender_id }) => ({
      userId: user_id,
      actorId: sender_id,
    }));
    const decisions = await people.decide('mention', state, candidates);
    const rows = found.map(({ id, sender_id }, i) => {
      const decision = decisions[i] as Decision;
      const flags = { store: Number(decision.store), told: Number(!loud(decision)) };
      return { mention_id: id, actor_id: sender_id, ...flags };
    });
    const stored = await notifyMentions({ chatId: state.id, rows, at: now() });
    const byUser = loudest(candidates, decisions);
    teller.tell(state.id, tellings(stored, byUser));
    // An @all of a large group lists nobody with its message: its members cannot count it themselves.
    const present = [...byUser.keys()].filter((userId) => people.isConnected(userId));
    if (present.length > 0 && state.members.size > LISTED) this.#deps.tellUnread(state, present);
    return found.length === ROWS;
  }

  /** Invitations, which others store, and what a failure has left stored and untold. */
  async #untold(state: ChatState): Promise<void> {
    const { notifications, teller, now } = this.#deps;
    for (let after = 0; ; ) {
      const wasTelling = teller.underWay();
      const found = await notifications.untold(state.id, now() - STALE_MS, after, ROWS);
      // Of whoever was added just now the database knows first: their joining leads here again.
      const rows = found.filter(
        ({ id, user_id }) =>
          state.members.has(user_id) && !wasTelling.has(id) && !teller.isTelling(id),
      );
      for (const [kind, ofKind] of Map.groupBy(rows, ({ type }) => type)) {
        await this.#tellAgain(state, kind, ofKind);
      }
      if (found.length < ROWS) return;
      after = found.at(-1)?.id ?? after;
      await teller.room();
    }
  }

  async #tellAgain(state: ChatState, kind: UntoldRow['type'], rows: readonly UntoldRow[]) {
    const { people, teller } = this.#deps;
    const candidates = rows.map(({ user_id, actor_id }) => ({
      userId: user_id,
      actorId: actor_id,
    }));
    const decisions = await people.decide(kind, state, candidates);
    teller.tell(
      state.id,
      rows.map((row, i) => ({ ...row, ...(decisions[i] as Decision) })),
    );
  }
}

/** Who wrote all of these messages, if one did. */
function authorOf(messages: readonly FollowedMessage[]): number | undefined {
  const [first] = messages;
  const isOne = messages.every(({ sender_id }) => sender_id === first?.sender_id);
  return isOne ? first?.sender_id : undefined;
}

type Member = ReturnType<ChatState['members']['get']> & {};

/** Why a member is not told of messages up to one, whoever sent them. */
function deafness(
  member: Member,
  isLooking: boolean,
  last: Pick<FollowedMessage, 'seq' | 'created_at'>,
): Silence | undefined {
  const { level, readSeq } = member;
  if (level === 'none') return 'off';
  if (level === 'mentions') return 'mentions_only';
  if (isMutedAt(member, last.created_at)) return 'muted';
  if (isLooking) return 'looking';
  return readSeq >= last.seq ? 'read' : undefined;
}

/** As many members are listed with a message that mentions all; see the messages feature. */
const LISTED = 100;

/** What was decided for each of them; of several things, that of which they hear. */
function loudest(
  people: readonly { userId: number }[],
  decisions: readonly Decision[],
): Map<number, Decision> {
  const byUser = new Map<number, Decision>();
  people.forEach(({ userId }, i) => {
    const decision = decisions[i];
    if (decision && (loud(decision) || !byUser.has(userId))) byUser.set(userId, decision);
  });
  return byUser;
}

function tellings(stored: readonly Stored[], byUser: ReadonlyMap<number, Decision>): Telling[] {
  return stored.flatMap((row) => {
    const decision = byUser.get(row.user_id);
    return decision && loud(decision) ? [{ ...row, ...decision }] : [];
  });
}
