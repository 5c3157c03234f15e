import { memberName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatMember } from '../../state/types';
import { emojiTone, noteEmoji } from './emoji-taste';
import { inTone } from './emoji-tone';
import type { Token } from './field-text';

/** Something that what is being typed can be completed to. */
export interface Suggestion {
  readonly key: string;
  /** What is put in its place. */
  readonly insert: string;
  readonly title: string;
  readonly detail: string;
  readonly member: ChatMember | null;
  readonly onChosen?: () => void;
}

const MOST = 8;
/** Of larger groups only so many pages of members are looked through. */
const MEMBER_PAGES = 10;

/** What a token can become; none while it fits nothing. */
export function suggestionsFor(token: Token, chat: Chat): Promise<readonly Suggestion[]> {
  return token.kind === 'mention' ? mentions(token.word, chat) : emoji(token.word);
}

async function mentions(word: string, chat: Chat): Promise<readonly Suggestion[]> {
  if (chat.chat_type === 'direct') return [];
  const others = (await membersOf(chat)).filter(({ user_id }) => user_id !== session.client.userId);
  const found = others
    .map((member) => ({ member, place: placeOf(member, word) }))
    .filter(({ place }) => place < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.place - b.place || order(a.member, b.member));
  const members = found.slice(0, MOST).map(({ member }) => mentionOf(member));
  return mayCallAll(chat) && 'all'.startsWith(word) ? [...members, EVERYBODY] : members;
}

const EVERYBODY: Suggestion = {
  key: '@all',
  insert: '@all ',
  title: '@all',
  detail: '',
  member: null,
};
const mayCallAll = ({ my_role }: Chat) => my_role !== 'member';

const order = (a: ChatMember, b: ChatMember) => a.user.username.localeCompare(b.user.username);

/** Usernames that begin with it come first, then names, then what has it anywhere. */
function placeOf({ user, nickname }: ChatMember, word: string): number {
  const names = [user.full_name ?? '', nickname ?? ''].map((name) => name.toLowerCase());
  if (user.username.startsWith(word)) return 0;
  if (names.some((name) => name.split(/\s+/).some((part) => part.startsWith(word)))) return 1;
  return user.username.includes(word) ? 2 : Number.POSITIVE_INFINITY;
}

const mentionOf = (member: ChatMember): Suggestion => ({
  key: `@${member.user_id}`,
  insert: `@${member.user.username} `,
  title: memberName(member),
  detail: `@${member.user.username}`,
  member,
});

const asked = new Map<number, { count: number; members: Promise<ChatMember[]> }>();

/** All members of a group that is not huge: the SDK holds the first hundred. */
async function membersOf(chat: Chat): Promise<ChatMember[]> {
  const held = session.client.members(chat.id);
  if (held.length >= chat.member_count) return held;
  const known = asked.get(chat.id);
  if (known?.count === chat.member_count) return known.members;
  const members = pagesOf(chat).catch(() => {
    asked.delete(chat.id);
    return held;
  });
  asked.set(chat.id, { count: chat.member_count, members });
  return members;
}

async function pagesOf({ id }: Chat): Promise<ChatMember[]> {
  const members: ChatMember[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MEMBER_PAGES; page++) {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor ? { cursor } : {}) };
    const { items, next_cursor } = await session.client.api.members(id, query);
    members.push(...items);
    cursor = next_cursor;
    if (cursor === null) break;
  }
  return members;
}

async function emoji(word: string): Promise<readonly Suggestion[]> {
  const { findEmoji } = await import('./emoji-data');
  return findEmoji(word, MOST).map(([base, name, toned]) => {
    const insert = toned ? inTone(base, emojiTone.value) : base;
    return {
      key: base,
      insert,
      title: insert,
      detail: name,
      member: null,
      onChosen: () => noteEmoji(insert),
    };
  });
}
