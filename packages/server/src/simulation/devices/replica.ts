import type { ChatMember, ChatSync, Message, SyncAnswer } from '@confab/protocol';
import type { Fail } from '../checks/publishing';

/** A chat as a client holds it that never does anything but sync. */
export class ReplicaChat {
  rev = 0;
  lastSeq = 0;
  unread = 0;
  /** Messages below this place are not held. */
  firstSeq = 1;
  readonly messages = new Map<number, Message>();
  readonly members = new Map<number, ChatMember>();
}

/**
 * What the contract asks of a client at the least: it holds revisions, asks for what changed since,
 * and takes the answer in. It looks at no live event.
 */
export class Replica {
  readonly chats = new Map<number, ReplicaChat>();
  readonly #name: string;
  readonly #fail: Fail;
  #epoch: string | undefined;

  constructor(name: string, fail: Fail) {
    this.#name = name;
    this.#fail = fail;
  }

  request(): { chats: Record<string, number>; epoch?: string } {
    const chats = Object.fromEntries([...this.chats].map(([id, chat]) => [id, chat.rev]));
    return this.#epoch === undefined ? { chats } : { chats, epoch: this.#epoch };
  }

  /** @param asked the revisions that were asked with: of others the answer holds everything */
  apply(answer: SyncAnswer, asked: Readonly<Record<string, number>>) {
    this.#epoch = answer.epoch;
    for (const id of answer.removed) this.chats.delete(id);
    for (const [id, sync] of Object.entries(answer.chats)) {
      this.#applyChat(Number(id), sync, sync.recovered && id in asked);
    }
  }

  #applyChat(id: number, sync: ChatSync, goesOn: boolean) {
    const chat = (goesOn && this.chats.get(id)) || new ReplicaChat();
    this.chats.set(id, chat);
    if (!sync.recovered) chat.firstSeq = sync.messages[0]?.seq ?? sync.last_seq + 1;
    for (const message of sync.messages) this.#take(id, chat, message);
    for (const userId of sync.removed_member_ids ?? []) chat.members.delete(userId);
    for (const member of sync.members ?? []) chat.members.set(member.user_id, member);
    if (sync.rev < chat.rev) this.#fault(id, `revision ${sync.rev} came after ${chat.rev}`);
    if (sync.last_seq !== chat.lastSeq) {
      this.#fault(id, `last_seq is ${sync.last_seq} with messages up to ${chat.lastSeq}`);
    }
    chat.rev = sync.rev;
    if (sync.chat) chat.unread = sync.chat.unread_count;
  }

  #take(id: number, chat: ReplicaChat, message: Message) {
    const next = chat.lastSeq === 0 ? chat.firstSeq : chat.lastSeq + 1;
    if (message.seq > next) this.#fault(id, `message ${message.seq} came where ${next} was next`);
    chat.lastSeq = Math.max(chat.lastSeq, message.seq);
    chat.messages.set(message.seq, message);
  }

  #fault(id: number, what: string) {
    this.#fail('3', `${this.#name} syncs chat ${id}: ${what}`);
  }
}
