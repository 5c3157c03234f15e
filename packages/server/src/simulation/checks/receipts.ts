import type { BusMessage, Watermark } from '../../realtime/bus';
import type { Model } from '../model/model';
import type { Fail } from './publishing';

interface Reason {
  delivered: number;
  read: number;
}

/**
 * Promise 5: nobody is said to have received or read more than what reached them or what they
 * confirmed. It gathers the reasons there are, and holds every watermark against them.
 */
export class ReceiptCheck {
  readonly #model: Model;
  readonly #fail: Fail;
  /** `chat user` to how far there is a reason. */
  readonly #reasons = new Map<string, Reason>();
  /** Requests under way whose answers imply delivery of what is in them, by user. */
  readonly #fetching = new Map<number, number>();

  constructor(model: Model, fail: Fail) {
    this.#model = model;
    this.#fail = fail;
  }

  newLife() {
    this.#fetching.clear();
  }

  /** A message reached the user, or the user said so, or read it. */
  because(userId: number, messageId: number, what: 'delivered' | 'read') {
    for (const chat of this.#model.chats.values()) {
      const message = chat.messageById(messageId);
      if (!message) continue;
      this.#raise(chat.id, userId, 'delivered', message.seq);
      if (what === 'read') this.#raise(chat.id, userId, 'read', message.seq);
    }
  }

  #raise(chatId: number, userId: number, what: keyof Reason, seq: number) {
    const key = `${chatId} ${userId}`;
    const reason = this.#reasons.get(key) ?? { delivered: 0, read: 0 };
    reason[what] = Math.max(reason[what], seq);
    this.#reasons.set(key, reason);
  }

  fetches(userId: number) {
    this.#fetching.set(userId, (this.#fetching.get(userId) ?? 0) + 1);
  }

  /** The answer is made; whatever it told of was there by then. */
  fetched(userId: number) {
    const left = (this.#fetching.get(userId) ?? 0) - 1;
    if (left > 0) return void this.#fetching.set(userId, left);
    this.#fetching.delete(userId);
    for (const chat of this.#model.chatsOf(userId)) {
      this.#raise(chat.id, userId, 'delivered', chat.members.get(userId)?.deliveredSeq ?? 0);
    }
  }

  follow(message: BusMessage) {
    if (message.kind === 'chat' && message.change.kind === 'message') {
      const { senderId, seq } = message.change;
      this.#raise(message.chatId, senderId, 'delivered', seq);
      this.#raise(message.chatId, senderId, 'read', seq);
    }
    if (message.kind !== 'watermarks') return;
    for (const mark of message.marks) this.#judge(message.chatId, mark);
  }

  #judge(chatId: number, { userId, readSeq, deliveredSeq }: Watermark) {
    const chat = this.#model.chats.get(chatId);
    const member = chat?.members.get(userId);
    if (!chat || !member) return;
    if (Math.max(readSeq, deliveredSeq) > chat.lastSeq) {
      this.#fail('5', `user ${userId} got message ${deliveredSeq} of chat ${chatId} before it is`);
    }
    const reason = this.#reasons.get(`${chatId} ${userId}`) ?? { delivered: 0, read: 0 };
    if (readSeq > Math.max(reason.read, member.readSeq)) {
      this.#fail('5', `user ${userId} is said to have read chat ${chatId} up to ${readSeq}`);
    }
    if (this.#fetching.has(userId)) {
      this.#raise(chatId, userId, 'delivered', deliveredSeq);
    } else if (deliveredSeq > Math.max(reason.delivered, member.deliveredSeq)) {
      const known = Math.max(reason.delivered, member.deliveredSeq);
      this.#fail(
        '5',
        `user ${userId} is said to have got chat ${chatId} up to ${deliveredSeq}, got ${known}`,
      );
    }
  }
}
