import { Refusal } from '../errors';
import type { MessageOpener } from './message-opener';
import { type Delivered, isOf, type OpenedRecord, refusedOutcome } from './opened';

/** So many messages are opened before they are kept: a long history makes few writes. */
const AT_ONCE = 128;

import type { OpenedChat } from './opened-chat';

export interface ChatInboxOptions {
  readonly opened: OpenedChat;
  readonly opener: MessageOpener;
  readonly onOpened: (record: OpenedRecord) => void;
  readonly onFault: (fault: unknown) => void;
}

/** Opens the messages of a chat one after the other, in the order in which they come. */
export class ChatInbox {
  readonly #options: ChatInboxOptions;
  /** What could not be judged for now, such as without a network. */
  readonly #waiting = new Map<number, Delivered>();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ChatInboxOptions) {
    this.#options = options;
  }

  /** How many messages wait to be judged at all. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Answers once these were opened or refused. */
  take(messages: readonly Delivered[]): Promise<void> {
    const turn = this.#turn.then(() => this.#openAll(messages));
    this.#turn = turn.catch(this.#options.onFault);
    return this.#turn;
  }

  /** Tries again what was refused for a reason that may have passed. */
  retry(): Promise<void> {
    const refused = this.#options.opened.all().map(({ outcome }) => outcome);
    const again = refused.flatMap((one) =>
      one.state === 'refused' && one.delivered ? [one.delivered] : [],
    );
    return this.take([...again, ...this.#waiting.values()]);
  }

  async #openAll(messages: readonly Delivered[]): Promise<void> {
    for (let at = 0; at < messages.length; at += AT_ONCE) {
      await this.#openSome(messages.slice(at, at + AT_ONCE));
    }
  }

  /** Opens some, keeps them with one write, and tells of them then. */
  async #openSome(messages: readonly Delivered[]): Promise<void> {
    const { opened, onOpened, onFault } = this.#options;
    const judged: OpenedRecord[] = [];
    for (const message of messages) {
      const record = this.#isDone(message) ? null : await this.#judge(message);
      if (record) judged.push(record);
    }
    try {
      await opened.save();
    } catch (error) {
      return onFault(error);
    }
    for (const record of judged) {
      this.#waiting.delete(record.id);
      onOpened(record);
    }
  }

  #isDone(message: Delivered): boolean {
    const known = this.#options.opened.get(message.id);
    if (!known || this.#waiting.has(message.id)) return false;
    if (known.outcome.state === 'erased') return true;
    const isSame = known.version === message.envelope.s && isOf(known, message);
    // What was relabelled does not take the place of what was opened: its view tells.
    return isSame ? known.outcome.state === 'opened' : isRelabelled(known, message);
  }

  /** Null when it cannot be judged for now. */
  async #judge(message: Delivered): Promise<OpenedRecord | null> {
    const { opened, opener, onFault } = this.#options;
    this.#waiting.set(message.id, message);
    try {
      const record = await opener.open(message).catch((error: unknown) => {
        if (error instanceof Refusal) return refused(error, message, opened.get(message.id));
        throw error;
      });
      opened.add(record);
      return record;
    } catch (error) {
      onFault(error);
      return null;
    }
  }
}

const isRelabelled = (known: OpenedRecord, message: Delivered): boolean =>
  known.outcome.state === 'opened' && known.version === message.envelope.s && !isOf(known, message);

/** What is known of earlier versions stays known, so that none of them is taken for a new one. */
function refused(
  refusal: Refusal,
  message: Delivered,
  before: OpenedRecord | undefined,
): OpenedRecord {
  return {
    id: message.id,
    seq: message.seq,
    from: message.sender_id,
    clientMessageId: message.client_message_id,
    version: String(message.envelope?.s),
    superseded: before?.superseded ?? [],
    epoch: before?.epoch ?? null,
    marks: before?.marks ?? [],
    replyTo: before?.replyTo ?? null,
    outcome: refusedOutcome(refusal, message),
  };
}
