import type { Chat } from '@confab/protocol';
import { ConfabError } from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import type { ChatService, ChatStates } from '../chats';
import type { MessageRepository, MessageService } from '../messages';
import { type ExportFile, type ExportSource, jsonLines } from './export-source';
import type { ExportRepository, MembershipRow, OwnMessageRow } from './repository';

const PAGE = 100;
/** Places of a chat that are looked through at once for one's own messages. */
const STRETCH = 2000;

export interface ChatExportDeps {
  rows: ExportRepository;
  chats: ChatService;
  states: ChatStates;
  messages: MessageRepository;
  messageService: MessageService;
  /** Lets others have their turn of the event loop. */
  pause: () => Promise<void>;
}

/** The chats that one is in, with all that was said there, and one's own words in former ones. */
export class ChatExport implements ExportSource {
  readonly about = [
    { path: 'chats.jsonl', meaning: 'the chats that you are in, as the apps show them' },
    {
      path: 'memberships.jsonl',
      meaning: 'when you joined and left, and how far you have received and read (your receipts)',
    },
    { path: 'reactions.jsonl', meaning: 'your reactions to messages' },
    { path: 'chats/<number>/messages.jsonl', meaning: 'everything said in a chat that you are in' },
    {
      path: 'former-chats/<number>/own-messages.jsonl',
      meaning: 'what you said in a chat that you have left',
    },
  ];
  readonly #deps: ChatExportDeps;

  constructor(deps: ChatExportDeps) {
    this.#deps = deps;
  }

  async *files(userId: number): AsyncGenerator<ExportFile> {
    yield { name: 'chats.jsonl', content: jsonLines(this.#chats(userId)) };
    yield { name: 'memberships.jsonl', content: jsonLines(this.#shownMemberships(userId)) };
    yield { name: 'reactions.jsonl', content: jsonLines(this.#reactions(userId)) };
    for await (const page of this.#memberships(userId)) {
      for (const membership of page) yield this.#chatFile(userId, membership);
    }
  }

  #chatFile(userId: number, membership: MembershipRow): ExportFile {
    const { chat_id, left_at } = membership;
    if (left_at === null) {
      const content = jsonLines(this.#history(userId, membership));
      return { name: `chats/${chat_id}/messages.jsonl`, content };
    }
    const content = jsonLines(this.#ownWords(userId, membership));
    return { name: `former-chats/${chat_id}/own-messages.jsonl`, content };
  }

  async *#chats(userId: number): AsyncGenerator<Chat[]> {
    let cursor: string | undefined;
    do {
      const page = await this.#deps.chats.list(userId, { limit: PAGE, cursor });
      yield page.items;
      cursor = page.next_cursor ?? undefined;
      await this.#deps.pause();
    } while (cursor !== undefined);
  }

  async *#memberships(userId: number): AsyncGenerator<MembershipRow[]> {
    let after = 0;
    for (;;) {
      const page = await this.#deps.rows.memberships(userId, after, PAGE);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = last.chat_id;
      await this.#deps.pause();
    }
  }

  async *#shownMemberships(userId: number): AsyncGenerator<object[]> {
    for await (const page of this.#memberships(userId)) yield page.map(presentMembership);
  }

  async *#reactions(userId: number): AsyncGenerator<object[]> {
    let after = { messageId: 0, emoji: '' };
    for (;;) {
      const page = await this.#deps.rows.reactions(userId, after, PAGE);
      const last = page.at(-1);
      if (!last) return;
      yield page.map((row) => ({ ...row, created_at: iso(row.created_at) }));
      after = { messageId: last.message_id, emoji: last.emoji };
      await this.#deps.pause();
    }
  }

  /** Whoever is removed from the chat meanwhile gets no more of it. */
  async *#history(userId: number, { chat_id, last_seq }: MembershipRow): AsyncGenerator<object[]> {
    let after = 0;
    while (after < last_seq) {
      const state = await this.#deps.states.forMember(chat_id, userId).catch(ifGone);
      const rows = state && (await this.#deps.messages.after(chat_id, after, PAGE));
      const last = rows?.at(-1);
      if (!state || !rows || !last) return;
      yield await this.#deps.messageService.present(rows, state);
      after = last.seq;
      await this.#deps.pause();
    }
  }

  async *#ownWords(userId: number, { chat_id, last_seq }: MembershipRow): AsyncGenerator<object[]> {
    for (let after = 0; after < last_seq; after += STRETCH) {
      const rows = await this.#deps.rows.ownMessages(chat_id, userId, after, STRETCH);
      yield rows.map(presentOwnMessage);
      await this.#deps.pause();
    }
  }
}

function ifGone(error: unknown): undefined {
  if (error instanceof ConfabError) return undefined;
  throw error;
}

/** What a chat is called now is not for those who have left it. */
function presentMembership(row: MembershipRow) {
  const { last_seq: _, is_muted, ...rest } = row;
  return {
    ...rest,
    name: row.left_at === null ? row.name : null,
    is_muted: is_muted === 1,
    muted_until: isoOrNull(row.muted_until),
    joined_at: iso(row.joined_at),
    left_at: isoOrNull(row.left_at),
    read_at: isoOrNull(row.read_at),
    delivered_at: isoOrNull(row.delivered_at),
  };
}

function presentOwnMessage(row: OwnMessageRow) {
  return {
    ...row,
    is_deleted: row.is_deleted === 1,
    created_at: iso(row.created_at),
    edited_at: isoOrNull(row.edited_at),
  };
}
