import type { Outcome, SyncStatement } from '../../storage/write';
import type { Sealed } from './envelope';
import type { QuoteRow } from './present';
import { expiryOf } from './rules';
import { type EpochPlace, sealedRefusal } from './sealed-checks';
import { isBlocked, noSuchQuote, notAMember, type SendInput, type Sent } from './send-write';

const DUPLICATE = `
  select id, chat_id as chatId, seq, sent_rev as rev, created_at as at, expires_at as expiresAt
  from messages
  where sender_id = ? and client_message_id = ?`;

const QUOTE = `
  select m.id, m.sender_id, u.shown_name as sender_username, substr(m.content, 1, 200) as content,
    m.content_type, m.is_deleted, m.expires_at
  from messages m join users u on u.id = m.sender_id where m.id = ? and m.chat_id = ?`;

/**
 * A deleted chat has no members left. With a join in place of the inner query a message would take a
 * third longer to store: this runtime's SQLite is slow to begin with joins.
 */
const MEMBER = `
  select (select is_blocked from chats where id = m.chat_id) as is_blocked
  from chat_members m where m.chat_id = ? and m.user_id = ? and m.left_at is null`;

const TAKE_PLACES = `
  update chats set last_seq = last_seq + ?1, rev = rev + ?1, last_activity_at = ?2
  where id = ?3 returning last_seq, rev, disappear_after_s`;

const INSERT = `
  insert into messages (chat_id, seq, rev, sent_rev, sender_id, reply_to_id, content, content_type,
    client_message_id, is_deleted, created_at, expires_at, envelope)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`;

const EPOCH = 'select epoch, epoch_stale from chats where id = ?';

const DEVICE = `
  select count(*) as known from encryption_devices where user_id = ? and device_id = ?`;

const MARK_OWN = `
  update chat_members set last_read_seq = ?1, last_delivered_seq = ?1, read_at = ?2,
    delivered_at = ?2
  where chat_id = ?3 and user_id = ?4`;

type Prepare = (sql: string) => SyncStatement;

/** A message that will be stored, and then what it was stored as. */
interface Accepted {
  input: SendInput;
  quote: QuoteRow | null;
  sent: Sent | undefined;
}

/**
 * The batch in few statements: what messages of one chat or one sender share is read and written
 * once. Nobody else writes meanwhile, so that what was read holds until the commit.
 */
export async function sendOnSqlite(
  prepare: Prepare,
  inputs: readonly SendInput[],
): Promise<Outcome<Sent>[]> {
  const batch = new SqliteBatch(prepare);
  const decisions = inputs.map((input) => batch.decide(input));
  batch.store();
  return decisions.map((outcome) => outcome());
}

class SqliteBatch {
  readonly #prepare: Prepare;
  /** Why somebody may not send in a chat; undefined when they may. */
  readonly #refusals = new Map<string, Outcome<Sent> | undefined>();
  readonly #epochs = new Map<number, EpochPlace>();
  readonly #devices = new Map<string, boolean>();
  readonly #byChat = new Map<number, Accepted[]>();
  readonly #byClientId = new Map<string, Accepted>();

  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  /** Decides on one message; the outcome is asked for after `store`. */
  decide(input: SendInput): () => Outcome<Sent> {
    const first = this.#first(input);
    if (first) return first;
    const refusal = this.#refusal(input.chatId, input.senderId);
    if (refusal) return () => refusal;
    const unsealed = input.sealed && this.#sealedRefusal(input, input.sealed);
    if (unsealed) return () => unsealed;
    const quote = this.#quote(input);
    if (quote === undefined) return () => noSuchQuote;
    const accepted: Accepted = { input, quote, sent: undefined };
    this.#accept(accepted);
    return () => ({ ok: true, value: accepted.sent as Sent });
  }

  /** The answer to a repeated client_message_id: what its first message was answered with. */
  #first({ senderId, clientMessageId }: SendInput): (() => Outcome<Sent>) | undefined {
    if (clientMessageId === null) return undefined;
    const duplicate = (sent: Sent): Outcome<Sent> => ({
      ok: true,
      value: { ...sent, duplicate: true, quote: null },
    });
    const inBatch = this.#byClientId.get(`${senderId}:${clientMessageId}`);
    if (inBatch) return () => duplicate(inBatch.sent as Sent);
    const stored = this.#prepare(DUPLICATE).get(senderId, clientMessageId) as Sent | undefined;
    return stored && (() => duplicate(stored));
  }

  #refusal(chatId: number, userId: number): Outcome<Sent> | undefined {
    const key = `${chatId}:${userId}`;
    if (this.#refusals.has(key)) return this.#refusals.get(key);
    const found = this.#prepare(MEMBER).get(chatId, userId) as { is_blocked: number } | null;
    const refusal = !found ? notAMember : found.is_blocked === 1 ? isBlocked : undefined;
    this.#refusals.set(key, refusal);
    return refusal;
  }

  #sealedRefusal({ chatId, senderId }: SendInput, sealed: Sealed): Outcome<Sent> | undefined {
    return sealedRefusal(sealed, this.#epoch(chatId), this.#isOwn(senderId, sealed.device));
  }

  #epoch(chatId: number): EpochPlace {
    const known = this.#epochs.get(chatId);
    if (known) return known;
    const found = this.#prepare(EPOCH).get(chatId) as EpochPlace;
    this.#epochs.set(chatId, found);
    return found;
  }

  #isOwn(userId: number, device: string): boolean {
    const key = `${userId}:${device}`;
    const known = this.#devices.get(key);
    if (known !== undefined) return known;
    const found = this.#prepare(DEVICE).get(userId, device) as { known: number };
    this.#devices.set(key, found.known === 1);
    return found.known === 1;
  }

  /** Undefined when the message to reply to is not there. */
  #quote({ replyToId, chatId }: SendInput): QuoteRow | null | undefined {
    if (replyToId === null) return null;
    return (this.#prepare(QUOTE).get(replyToId, chatId) as QuoteRow | null) ?? undefined;
  }

  #accept(accepted: Accepted) {
    const { chatId, senderId, clientMessageId } = accepted.input;
    const others = this.#byChat.get(chatId);
    if (others) others.push(accepted);
    else this.#byChat.set(chatId, [accepted]);
    if (clientMessageId !== null) this.#byClientId.set(`${senderId}:${clientMessageId}`, accepted);
  }

  store(): void {
    for (const [chatId, messages] of this.#byChat) this.#storeChat(chatId, messages);
  }

  #storeChat(chatId: number, messages: readonly Accepted[]) {
    const at = Math.max(...messages.map((message) => message.input.at));
    const end = this.#prepare(TAKE_PLACES).get(messages.length, at, chatId) as {
      last_seq: number;
      rev: number;
      disappear_after_s: number;
    };
    const newest = new Map<number, Sent>();
    messages.forEach((message, i) => {
      const back = messages.length - 1 - i;
      message.sent = this.#insert(
        message,
        end.last_seq - back,
        end.rev - back,
        expiryOf(message.input.at, end.disappear_after_s),
      );
      newest.set(message.input.senderId, message.sent);
    });
    for (const [userId, sent] of newest) {
      this.#prepare(MARK_OWN).run(sent.seq, sent.at, chatId, userId);
    }
  }

  #insert({ input, quote }: Accepted, seq: number, rev: number, expiresAt: number | null): Sent {
    const { chatId, senderId, replyToId, content, contentType, clientMessageId, at, sealed } =
      input;
    const id = this.#prepare(INSERT).run(
      chatId,
      seq,
      rev,
      rev,
      senderId,
      replyToId,
      content,
      contentType,
      clientMessageId,
      at,
      expiresAt,
      sealed?.text ?? null,
    ).lastInsertRowid as number;
    return { id, chatId, seq, rev, at, duplicate: false, quote, expiresAt };
  }
}
