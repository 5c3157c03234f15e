import type { ServerFrame, SyncAnswer } from '@confab/protocol';
import { CLOSE } from '@confab/protocol';
import { type BlockInput, blockUser } from '../../features/privacy/writes';
import type { BusMessage } from '../../realtime/bus';
import type { BatchItem } from '../../storage/batch';
import type { Model } from '../model/model';
import type { Timeline } from '../timeline';
import type { Trace } from '../trace';
import type { Link, LinkOwner } from '../wire/link';
import type { NetworkWatch } from '../wire/network';
import { chatOf, messageOf, parseFrame, revOf, syncAnswerOf } from './frames';
import { Ledger } from './ledger';
import { LinkLog } from './link-log';
import { type Fail, PublishingCheck } from './publishing';
import { ReceiptCheck } from './receipts';

/** Unsent bytes over which a connection must be closed, and passing frames must be left out. */
const TOO_MANY_BYTES = 1024 * 1024;
const BEHIND_BYTES = 64 * 1024;
const CLOSED_WITHIN_MS = 1000;
const TOLD_WITHIN_MS = 3000;
const PASSING: ReadonlySet<string> = new Set(['typing_start', 'typing_stop', 'user_status']);

/** Sees everything on every wire and on the bus, and checks it against the contract. */
export class Witness implements NetworkWatch {
  readonly publishing: PublishingCheck;
  readonly receipts: ReceiptCheck;
  readonly ledger: Ledger;
  readonly #model: Model;
  readonly #timeline: Timeline;
  readonly #trace: Trace;
  readonly #fail: Fail;
  readonly #logs = new Map<Link, LinkLog>();
  #committedAt = 0;
  /** When one of a pair of users blocked the other one last. */
  readonly #blockedAt = new Map<string, number>();
  /** `chat user` to when the user was taken off the chat last. */
  readonly #leftAt = new Map<string, number>();
  readonly #endedSessions = new Set<number>();
  readonly #slow = new Set<Link>();
  /** Requests for a chat's history by somebody who was not in it when they came. */
  readonly #barred = new Set<Request>();

  constructor(model: Model, timeline: Timeline, trace: Trace, fail: Fail) {
    this.publishing = new PublishingCheck(model, fail);
    this.receipts = new ReceiptCheck(model, fail);
    this.ledger = new Ledger(model, fail);
    this.#model = model;
    this.#timeline = timeline;
    this.#trace = trace;
    this.#fail = fail;
  }

  newLife() {
    this.publishing.newLife();
    this.receipts.newLife();
  }

  log(link: Link): LinkLog {
    const log = this.#logs.get(link) ?? new LinkLog(link.name, this.#fail);
    this.#logs.set(link, log);
    return log;
  }

  readonly follow = (message: BusMessage) => {
    this.publishing.follow(message);
    this.receipts.follow(message);
    if (message.kind === 'session_ended') this.#ended(message.sessionIds);
    if (message.kind === 'membership' && !message.joined) {
      this.#leftAt.set(`${message.chatId} ${message.userId}`, this.#timeline.elapsed);
    }
    if (message.kind === 'watermarks') {
      for (const { userId, readSeq } of message.marks) {
        if (readSeq > 0) this.#read(message.chatId, userId);
      }
    }
  };

  /** Promise 4: all devices of whoever read something are told. */
  #read(chatId: number, userId: number) {
    if (!this.#model.chats.get(chatId)?.members.has(userId)) return;
    for (const [link, log] of this.#logs) {
      if (link.owner.userId === userId && log.isGreeted) log.owesUnread(chatId);
    }
  }

  /** Promise 7: the sockets of a session that ended are closed within a second. */
  #ended(sessionIds: readonly number[]) {
    const links = [...this.#logs.keys()].filter((link) => sessionIds.includes(link.sessionId));
    for (const id of sessionIds) this.#endedSessions.add(id);
    this.#timeline.plan(CLOSED_WITHIN_MS, () => {
      for (const link of links) {
        if (link.server?.isOver === false && !link.isBroken) {
          this.#fail('7', `${link.name} is open a second after its session ended`);
        }
      }
    });
  }

  /** Whether there has been a block between two users for so long that everything knows of it. */
  #isApart(userId: number, otherId: number): boolean {
    const since = this.#blockedAt.get(pairOf(userId, otherId)) ?? 0;
    const isKnown = this.#timeline.elapsed - since > TOLD_WITHIN_MS;
    return isKnown && this.#model.isApart(userId, otherId);
  }

  /** Something was committed; it takes a while until everybody was told. */
  committed(items: readonly BatchItem[]) {
    this.#committedAt = this.#timeline.elapsed;
    for (const { write, input } of items) {
      if (write !== blockUser.name) continue;
      const { userId, otherId } = input as BlockInput;
      this.#blockedAt.set(pairOf(userId, otherId), this.#timeline.elapsed);
    }
  }

  sent(link: Link, text: string) {
    const log = this.log(link);
    const frame = parseFrame(text);
    const isQuiet = this.#timeline.elapsed - this.#committedAt > TOLD_WITHIN_MS;
    if (frame.type === 'ready') log.isGreeted = true;
    if (frame.type === 'heartbeat' && isQuiet) log.sum = [frame.rev_sum, this.#model.revisions()];
    if (this.#endedSessions.has(link.sessionId)) {
      this.#fail('7', `${link.name} gets ${frame.type} after its session ended`);
    }
    this.#foreign(link, frame);
    this.#blocked(link, frame);
    this.#disappeared(link, frame);
    this.#pressure(link, frame, text);
  }

  /** Promise 7: nothing of a chat goes to whoever is out of it. */
  #foreign(link: Link, frame: ServerFrame) {
    const { userId } = link.owner;
    const chatId = chatOf(frame);
    const isFromBefore = chatId !== undefined && this.#isFromBefore(chatId, userId, frame);
    if (chatId !== undefined && !isFromBefore && this.#isOutsider(chatId, userId)) {
      this.#fail('7', `${link.name} gets ${frame.type} of chat ${chatId}, which it is not in`);
    }
    if (frame.type === 'typing_start' && this.#isOutsider(frame.chat_id, frame.user_id)) {
      this.#fail('7', `${frame.username} types in chat ${chatId}, which they are not in`);
    }
    const answer = syncAnswerOf(frame);
    if (answer) this.synced(link.owner, answer);
  }

  /** A block hides who types and who is there. */
  #blocked(link: Link, frame: ServerFrame) {
    const isShown =
      frame.type === 'typing_start' || (frame.type === 'user_status' && frame.status === 'online');
    if (isShown && this.#isApart(link.owner.userId, frame.user_id)) {
      this.#fail('8', `${link.name} gets ${frame.type} of ${frame.username} across a block`);
    }
  }

  /** Promise 9: what has disappeared is shown to nobody any more, and never comes back. */
  #disappeared(link: Link, frame: ServerFrame) {
    const message = messageOf(frame);
    const synced = Object.values(syncAnswerOf(frame)?.chats ?? {}).flatMap((sync) => sync.messages);
    for (const { chat_id, seq, is_deleted } of message ? [message] : synced) {
      const { endsAt = null } = this.#model.chats.get(chat_id)?.messages[seq - 1] ?? {};
      if (is_deleted || endsAt === null) continue;
      if (endsAt + TOLD_WITHIN_MS > this.#timeline.now()) continue;
      this.#fail('9', `${link.name} gets message ${seq} of chat ${chat_id}, which has disappeared`);
    }
  }

  /** What was told while they were in may leave in the moment in which they are out. */
  #isFromBefore(chatId: number, userId: number, frame: ServerFrame): boolean {
    const rev = revOf(frame);
    const outSince = this.publishing.outSince(chatId, userId);
    return rev !== undefined && outSince !== undefined && rev < outSince;
  }

  #isOutsider(chatId: number, userId: number): boolean {
    const chat = this.#model.chats.get(chatId);
    if (!chat || chat.members.has(userId)) return false;
    // What waited for a member is sent before they are off the chat.
    if (this.#leftAt.get(`${chatId} ${userId}`) === this.#timeline.elapsed) return false;
    const wasIn = chat.leftAt.has(userId);
    return !wasIn || this.publishing.outSince(chatId, userId) !== undefined;
  }

  /** An answer may have been begun before the user was removed, but tells nothing of later. */
  synced(owner: LinkOwner, answer: SyncAnswer) {
    for (const [id, sync] of Object.entries(answer.chats)) {
      const outSince = this.publishing.outSince(Number(id), owner.userId);
      const late = sync.messages.find((message) => message.rev > (outSince ?? message.rev));
      if (late) {
        this.#fail('7', `${owner.name} gets message ${late.id} of ${id} after its removal`);
      }
    }
  }

  /** Promise 6: a slow reader is cut off, and gets nothing before that that could be left out. */
  #pressure(link: Link, frame: ServerFrame, text: string) {
    const unsent = link.server?.unsentBytes ?? 0;
    // The frame itself is not in the buffer yet, and may be the last for a long time.
    const soon = unsent + text.length * (link.server?.weight ?? 1);
    const behind = link.server?.unsentAtTurn ?? 0;
    if (soon > BEHIND_BYTES) this.log(link).mayMissPassing = true;
    if (behind > BEHIND_BYTES && PASSING.has(frame.type)) {
      this.#fail('6', `${link.name} gets ${frame.type} although it is ${behind} bytes behind`);
    }
    if (unsent <= TOO_MANY_BYTES || this.#slow.has(link)) return;
    this.#slow.add(link);
    this.#trace.note(`${link.name} is ${unsent} bytes behind`);
    this.#timeline.plan(CLOSED_WITHIN_MS, () => this.#slowMustBeClosed(link));
  }

  #slowMustBeClosed(link: Link) {
    this.#slow.delete(link);
    if (link.isBroken || link.server?.isOver !== false) return;
    if (link.server.unsentBytes > TOO_MANY_BYTES) {
      this.#fail('6', `${link.name} is too slow and still open`);
    }
  }

  taken(link: Link, text: string) {
    const frame = parseFrame(text);
    const isPlain = !link.confirms;
    if (frame.type === 'new_message' && isPlain) {
      this.receipts.because(link.owner.userId, frame.message.id, 'delivered');
    }
    if (syncAnswerOf(frame) && isPlain) this.receipts.fetched(link.owner.userId);
  }

  arrived(link: Link, text: string) {
    const frame = parseFrame(text);
    this.#trace.note(`${link.name} ← ${text.slice(0, 160)}`);
    this.log(link).take(frame);
    const message = messageOf(frame);
    if (message) this.ledger.saw(message);
    for (const sync of Object.values(syncAnswerOf(frame)?.chats ?? {})) {
      for (const message of sync.messages) this.ledger.saw(message);
    }
  }

  asked(link: Link, text: string) {
    const frame = JSON.parse(text) as { type: string; message_id?: number };
    this.#trace.note(`${link.name} → ${text.slice(0, 160)}`);
    const { userId } = link.owner;
    if (frame.type === 'message_delivered' && frame.message_id !== undefined) {
      this.receipts.because(userId, frame.message_id, 'delivered');
    }
    if (frame.type === 'message_read' && frame.message_id !== undefined) {
      this.receipts.because(userId, frame.message_id, 'read');
    }
    if (frame.type === 'sync' && !link.confirms) {
      this.receipts.fetches(userId);
    }
  }

  ended(link: Link) {
    this.#trace.note(`${link.name} ended with ${link.closeCode}`);
    if (link.closeCode === CLOSE.badFrame.code || link.closeCode === CLOSE.frameTooLarge.code) {
      this.#fail('0', `${link.name} was closed with ${link.closeCode}`);
    }
  }

  requested(owner: LinkOwner, request: Request) {
    const chatId = historyChat(request);
    if (chatId !== undefined && this.#isOutsider(chatId, owner.userId)) this.#barred.add(request);
    const path = new URL(request.url).pathname;
    this.#trace.note(`${owner.name} → ${request.method} ${path}`);
    const read = /^\/api\/messages\/(\d+)\/read$/.exec(path)?.[1];
    if (read) this.receipts.because(owner.userId, Number(read), 'read');
    if (impliesDelivery(request)) this.receipts.fetches(owner.userId);
  }

  answered(owner: LinkOwner, request: Request, response: Response | undefined) {
    const chatId = historyChat(request);
    const isBarred = this.#barred.delete(request) && this.#isOutsider(chatId ?? 0, owner.userId);
    if (isBarred && response?.ok)
      this.#fail('7', `${owner.name} reads chat ${chatId} from outside`);
    if (impliesDelivery(request)) this.receipts.fetched(owner.userId);
  }
}

const pairOf = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`;

function historyChat(request: Request): number | undefined {
  const id = /^\/api\/messages\/(\d+)$/.exec(new URL(request.url).pathname)?.[1];
  return request.method === 'GET' && id ? Number(id) : undefined;
}

function impliesDelivery(request: Request): boolean {
  const path = new URL(request.url).pathname;
  return path === '/api/sync' || historyChat(request) !== undefined;
}
