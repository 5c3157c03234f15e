import { chatName } from '../../state/names';
import type { Chat } from '../../state/types';

/** Without accents and case: "Zoë" is found by "zoe". */
export const folded = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The chats whose name has all words, or whose other one is called so; those that begin so first. */
export function matchingChats(chats: readonly Chat[], query: string): Chat[] {
  const words = folded(query).replace(/^@/, '').split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const named = chats.map((chat) => ({ chat, text: folded(textOf(chat)) }));
  const found = named.filter(({ text }) => words.every((word) => text.includes(word)));
  const [first = ''] = words;
  const begins = ({ text }: { text: string }) => (text.startsWith(first) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b)).map(({ chat }) => chat);
}

const textOf = (chat: Chat): string =>
  chat.peer ? `${chatName(chat)} ${chat.peer.username}` : chatName(chat);
