import { PER_MESSAGE } from '@confab/protocol/rates';

/**
 * Not inside a word, as an e-mail address is. Where a script puts no spaces between words, a letter
 * before the “@” says nothing.
 */
const MENTION =
  /(?<![[\p{L}\p{M}\p{N}_.]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]])@([A-Za-z0-9_.]+)/gv;
/** As long as a username may be. */
const MAX_LENGTH = 32;

export interface ParsedMentions {
  /** Lower-case, distinct; whether anybody has these names is not known here. */
  names: string[];
  all: boolean;
}

/** Whom a message mentions by its wording. A dot at the end of a name is punctuation. */
export function parseMentions(content: string): ParsedMentions {
  const names = new Set<string>();
  let all = false;
  for (const [, word = ''] of content.matchAll(MENTION)) {
    const name = withoutDots(word).toLowerCase();
    if (name === 'all') all = true;
    else if (isName(name) && names.size < PER_MESSAGE.mentions) names.add(name);
  }
  return { names: [...names], all };
}

const isName = (name: string) => name !== '' && name.length <= MAX_LENGTH && name[0] !== '.';

function withoutDots(word: string): string {
  let end = word.length;
  while (word[end - 1] === '.') end--;
  return word.slice(0, end);
}

/** What a write needs to know of a message's mentions. */
export interface WantedMentions extends ParsedMentions {
  /** Who is not to be mentioned, as they and the sender do not talk. */
  except: number[];
}

/**
 * Null for all messages without mentions, at the price of one look for an "@".
 * @param apart with whom the sender does not talk
 */
export function wantedMentions(
  content: string,
  chatType: 'direct' | 'group',
  apart: ReadonlySet<number>,
): WantedMentions | null {
  if (!content.includes('@')) return null;
  const parsed = parseMentions(content);
  const all = parsed.all && chatType === 'group';
  if (parsed.names.length === 0 && !all) return null;
  return { names: parsed.names, all, except: [...apart] };
}
