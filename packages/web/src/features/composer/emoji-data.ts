import { emojiGroups } from './emoji-macro' with { type: 'macro' };
import type { EmojiRow } from './emoji-macro';

/** All emoji, as they are grouped in pickers everywhere. */
export const EMOJI_GROUPS = emojiGroups();

/** Those whose names have words beginning with each of these, the best matches first. */
export function findEmoji(words: string, most = Number.POSITIVE_INFINITY): EmojiRow[] {
  const wanted = words
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter(Boolean);
  const found = EMOJI_GROUPS.flatMap(({ emojis }) => emojis)
    .map((row) => ({ row, place: placeOf(row[1], wanted) }))
    .filter(({ place }) => place !== null);
  return found
    .sort((a, b) => (a.place ?? 0) - (b.place ?? 0))
    .slice(0, most)
    .map(({ row }) => row);
}

/** Names that begin with what is sought come first; then short ones. Null: it does not match. */
function placeOf(name: string, wanted: readonly string[]): number | null {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const matches = wanted.every((part) => words.some((word) => word.startsWith(part)));
  if (!matches) return null;
  const isFirst = words[0]?.startsWith(wanted[0] ?? '') ? 0 : 100;
  return isFirst + words.length;
}
