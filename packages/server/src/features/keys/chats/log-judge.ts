import { createHash } from 'node:crypto';
import {
  applyEntry,
  BrokenRule,
  ConfabError,
  LIMITS,
  type Membership,
  MembershipEntry,
} from '@confab/protocol';
import { readJson } from '../../../lib/json';
import type { ChatState } from '../../chats';
import type { ChatKeyRepository } from './repository';

/** A chat's membership log as far as it was read. */
interface Judged {
  /** How many entries. */
  readonly count: number;
  /** Hash of the last one. */
  readonly head: string | null;
  readonly state: Membership | null;
}

const EMPTY: Judged = { count: 0, head: null, state: null };
const PAGE = 100;
/** Chats whose log is remembered as it stands; the others are read again. */
const REMEMBERED = 100;

const PLACE = { path: 'entry', maxBytes: LIMITS.logEntryBytes };

/**
 * Judges entries of membership logs as devices do. They would refuse all that comes behind one that
 * may not be: whoever could get one in would end the chat for everybody.
 */
export class LogJudge {
  readonly #entries: Pick<ChatKeyRepository, 'entries'>;
  readonly #known = new Map<number, Judged>();

  constructor(entries: Pick<ChatKeyRepository, 'entries'>) {
    this.#entries = entries;
  }

  /** @throws ConfabError `invalid` for what devices would refuse */
  async mustFollow(chat: ChatState, entry: MembershipEntry): Promise<void> {
    const log = await this.#log(chat.id, entry.n);
    // Of one that is not the next the write tells.
    if (log.count !== entry.n) return;
    if (entry.prev !== log.head) throw refused('does not name the one before');
    if (entry.action === 'create') mustBegin(chat, entry);
    applied(log.state, entry);
  }

  async #log(chatId: number, until: number): Promise<Judged> {
    let log = this.#known.get(chatId) ?? EMPTY;
    for (let isMore = log.count < until; isMore; ) {
      const rows = await this.#entries.entries(chatId, log.count - 1, PAGE);
      for (const { entry } of rows) log = withEntry(log, entry);
      isMore = rows.length === PAGE && log.count < until;
    }
    this.#remember(chatId, log);
    return log;
  }

  #remember(chatId: number, log: Judged): void {
    this.#known.delete(chatId);
    this.#known.set(chatId, log);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
  }
}

/**
 * Reads an entry of a membership log that a user wants to append to a chat's.
 * @throws ConfabError `invalid`
 */
export function readEntry(userId: number, chatId: number, text: string): MembershipEntry {
  const entry = MembershipEntry.safeParse(readJson(text, PLACE));
  if (!entry.success) throw refused('is not one of version 1');
  if (entry.data.chat !== chatId) throw refused('is for another chat');
  if (entry.data.by !== userId) throw refused('is by somebody else');
  return entry.data;
}

function withEntry({ count, state }: Judged, text: string): Judged {
  const head = createHash('sha256').update(text).digest('base64url');
  const entry = MembershipEntry.parse(readJson(text, PLACE));
  return { count: count + 1, head, state: applied(state, entry) };
}

function applied(state: Membership | null, entry: MembershipEntry): Membership {
  try {
    return applyEntry(state, entry);
  } catch (error) {
    if (error instanceof BrokenRule) throw refused(`may not be: ${error.message}`);
    throw error;
  }
}

/** A log begins as its chat did: with another beginning, who made it would never write there. */
function mustBegin({ type, members }: ChatState, entry: MembershipEntry & { action: 'create' }) {
  if (entry.kind !== type) throw refused('is for another kind of chat');
  const isFit =
    type === 'group'
      ? members.get(entry.by)?.role === 'owner'
      : entry.members.length === members.size &&
        entry.members.every(({ user }) => members.has(user));
  if (!isFit) throw refused('does not begin this chat');
}

function refused(message: string): ConfabError {
  return new ConfabError('invalid', `The entry ${message}`, {
    errors: [{ path: 'entry', message }],
  });
}
