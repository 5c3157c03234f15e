import { readFileSync } from 'node:fs';

/** An emoji, its name, and 1 when it comes in tones of skin. */
export type EmojiRow = readonly [emoji: string, name: string, toned: 0 | 1];
export interface EmojiGroup {
  readonly slug: string;
  readonly emojis: readonly EmojiRow[];
}

interface Entry {
  readonly emoji: string;
  readonly name: string;
  readonly skin_tone_support: boolean;
  readonly emoji_version: string;
}
interface Group {
  readonly slug: string;
  readonly emojis: readonly Entry[];
}

/** Newer ones are empty boxes on many devices yet. */
const NEWEST = 15.1;

/** Run while the app is built: of half a megabyte of data the page needs a tenth. */
export function emojiGroups(): EmojiGroup[] {
  const path = Bun.resolveSync('unicode-emoji-json/data-by-group.json', import.meta.dir);
  const groups: readonly Group[] = JSON.parse(readFileSync(path, 'utf8'));
  return groups.map(({ slug, emojis }) => ({ slug, emojis: emojis.filter(isKnown).map(rowOf) }));
}

const isKnown = ({ emoji_version }: Entry) => Number(emoji_version) <= NEWEST;

const rowOf = ({ emoji, name, skin_tone_support }: Entry): EmojiRow => [
  emoji,
  name,
  skin_tone_support ? 1 : 0,
];
