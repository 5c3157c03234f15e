import type { ErrorCode } from '@confab/protocol';
import type { BatchItem } from '../../storage/batch';
import type { Outcome } from '../../storage/write';
import * as chats from './chat-rules';
import * as messages from './message-rules';
import * as privacy from './privacy-rules';
import type { ModelScheduled } from './scheduled-rules';
import * as scheduled from './scheduled-rules';
import type { ModelChat } from './state';

/** What must become of a write: refused for this reason, or accepted. */
export type Verdict<O> = { refuse: ErrorCode } | { accept: (told: O) => void };

type Rule = (model: Model, input: never) => Verdict<never>;

interface Answer {
  readonly id: number;
  readonly chatId: number;
  readonly seq: number;
  readonly rev: number;
  readonly at: number;
}

/** Tells of a disagreement between the model and the database, and which promise it breaks. */
export type Disagree = (promise: string, what: string) => void;

/**
 * The contract's rules on plain maps. It hears of every write at the moment of its commit, decides
 * by itself what must become of it, and compares.
 */
export class Model {
  readonly chats = new Map<number, ModelChat>();
  /** The chat of each pair of users. */
  readonly directs = new Map<string, number>();
  /** The first answer to each `sender client_message_id`. */
  readonly sentBy = new Map<string, Answer>();
  /** Living sessions and whose they are. */
  readonly sessions = new Map<number, number>();
  /** `blocker blocked`. */
  readonly blocks = new Set<string>();
  /** Messages that wait for their time, or have waited. */
  readonly scheduled = new Map<number, ModelScheduled>();
  readonly #ids = new Set<string>();
  readonly #disagree: Disagree;

  /** Milliseconds since 1970. */
  readonly now: () => number;

  constructor(disagree: Disagree, now: () => number) {
    this.#disagree = disagree;
    this.now = now;
  }

  committed(items: readonly BatchItem[], outcomes: readonly Outcome[]) {
    items.forEach((item, i) => {
      const outcome = outcomes[i];
      const rule = RULES[item.write];
      if (!rule) this.disagree(`no rule for ${item.write}`);
      else if (!outcome) this.disagree(`${item.write} has no outcome`);
      else this.#judge(item, rule(this, item.input as never), outcome);
    });
  }

  #judge(item: BatchItem, verdict: Verdict<never>, outcome: Outcome) {
    const input = JSON.stringify(item.input);
    if ('refuse' in verdict) {
      const told = outcome.ok ? 'accepted' : outcome.code;
      if (told !== verdict.refuse) {
        this.disagree(`${item.write} ${input}: ${told}, not refused as ${verdict.refuse}`);
      }
    } else if (outcome.ok) verdict.accept(outcome.value as never);
    else this.disagree(`${item.write} ${input}: refused as ${outcome.code} (${outcome.detail})`);
  }

  disagree(what: string, promise = 'model') {
    this.#disagree(promise, what);
  }

  same(what: string, told: unknown, expected: unknown, promise?: string) {
    const [got, want] = [JSON.stringify(told), JSON.stringify(expected)];
    if (got !== want) this.disagree(`${what}: ${got}, expected ${want}`, promise);
  }

  /** Ids are never given twice. */
  freshId(kind: string, id: number): number {
    const key = `${kind} ${id}`;
    if (this.#ids.has(key)) this.disagree(`the id of ${key} was given before`);
    this.#ids.add(key);
    return id;
  }

  /** An active chat, if the user is a member. */
  chatOf(chatId: number, userId: number): ModelChat | undefined {
    const chat = this.chats.get(chatId);
    return chat?.isActive && chat.members.has(userId) ? chat : undefined;
  }

  /** Whether either of two users blocks the other one. */
  isApart(userId: number, otherId: number): boolean {
    return this.blocks.has(`${userId} ${otherId}`) || this.blocks.has(`${otherId} ${userId}`);
  }

  /** Whether one of the two members of a direct chat blocks the other one. */
  isBlocked(chat: ModelChat): boolean {
    const [userId, otherId] = chat.members.keys();
    if (chat.type !== 'direct' || userId === undefined || otherId === undefined) return false;
    return this.isApart(userId, otherId);
  }

  /** How many durable changes all chats have seen. */
  revisions(): number {
    return [...this.chats.values()].reduce((sum, chat) => sum + chat.rev, 0);
  }

  chatsOf(userId: number): ModelChat[] {
    return [...this.chats.values()].filter((chat) => chat.isActive && chat.members.has(userId));
  }
}

function endSessions(
  model: Model,
  { userId, only, except }: { userId: number; only?: number; except?: number },
): Verdict<number[]> {
  const mine = [...model.sessions].filter(([, owner]) => owner === userId).map(([id]) => id);
  const ending = mine.filter((id) => (only === undefined || id === only) && id !== except);
  return {
    accept: (ended) => {
      model.same('sessions ended', ended.toSorted(byNumber), ending.toSorted(byNumber));
      for (const id of ending) model.sessions.delete(id);
    },
  };
}

const byNumber = (a: number, b: number) => a - b;
const anything = (): Verdict<unknown> => ({ accept: () => {} });

const RULES: Readonly<Record<string, Rule>> = {
  'users.create': anything,
  'users.last_seen': anything,
  'sessions.create': (model: Model, input: { userId: number }) => ({
    accept: (id: number) => void model.sessions.set(model.freshId('session', id), input.userId),
  }),
  'sessions.rotate': anything,
  'sessions.end': endSessions,
  'chats.create_group': chats.createGroup,
  'chats.create_direct': chats.createDirect,
  'chats.update': chats.update,
  'chats.add_member': chats.addMember,
  'chats.remove_member': chats.removeMember,
  'chats.update_member': chats.updateMember,
  'chats.delete': chats.deleteChat,
  'chats.erase': anything,
  'messages.send': messages.send,
  'messages.edit': messages.edit,
  'messages.delete': messages.remove,
  'messages.react': messages.react,
  'messages.pin': messages.pin,
  'messages.expire': messages.expire,
  'scheduled.create': scheduled.create,
  'scheduled.cancel': scheduled.cancel,
  'scheduled.release': scheduled.release,
  'scheduled.claim': scheduled.claim,
  'scheduled.finish': scheduled.finish,
  'scheduled.postpone': scheduled.postpone,
  'scheduled.fail': scheduled.fail,
  'receipts.advance': messages.advance,
  'push.accept': anything,
  'push.record': anything,
  // An invitation is a notification, and no part of the chat.
  'chats.read_invitation': anything,
  'notifications.messages': anything,
  'notifications.tidy': anything,
  'notifications.mentions': anything,
  'notifications.told': anything,
  'notifications.drop_untold': anything,
  // No files are sent in simulations; these look for some.
  'media.release_doomed': anything,
  'media.release_unheld': anything,
  'media.sweep_unsent': anything,
  'notifications.drop_old': anything,
  'privacy.block': privacy.block,
  'privacy.unblock': privacy.unblock,
  'privacy.set': anything,
};
