import { Marked, type Token, type Tokens } from 'marked';

/** Of lists within lists, quotes, and signs within signs: nobody writes more, and a browser has to draw it. */
const MOST_DEEP = 32;
/** In one paragraph: what each of them belongs to is looked for in all of it. */
const MOST_EMPHASES = 400;
/** So many marks of quotes and lists before a text are no text any more, but would take long to be read. */
const BOTTOMLESS = /^(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])(?=[ \t]))){32}/m;

/**
 * Markdown as people write it in chats: each line break counts, HTML is text like any other, a line
 * beneath a text is no heading, and nothing vanishes as the definition of a link.
 */
const marked = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    html: () => undefined,
    tag: () => undefined,
    def: () => undefined,
    lheading: () => undefined,
    // False leaves it to the usual rule.
    emStrong: (_rest, paragraph) => (hasManyEmphases(paragraph) ? undefined : false),
  },
});

let counted = { text: '', isMuch: false };

function hasManyEmphases(text: string): boolean {
  if (counted.text !== text) {
    const isMuch = (text.match(/[*_]+/g)?.length ?? 0) > MOST_EMPHASES;
    counted = { text, isMuch };
  }
  return counted.isMuch;
}

const KEPT = 500;
const read = new Map<string, readonly Token[] | null>();

/**
 * What a text consists of; null for one that is shown as it was typed, as it was made to be hard to read.
 * Texts come again and again while somebody scrolls.
 */
export function tokensOf(text: string): readonly Token[] | null {
  const known = read.get(text);
  if (known !== undefined) return known;
  if (read.size >= KEPT) read.clear();
  const tokens = BOTTOMLESS.test(text) ? null : lexed(text);
  const shown = tokens && isShallow(tokens) ? tokens : null;
  read.set(text, shown);
  return shown;
}

function lexed(text: string): readonly Token[] | null {
  try {
    return marked.lexer(text);
  } catch {
    // It reads what is nested by calling itself.
    return null;
  }
}

function isShallow(tokens: readonly Token[]): boolean {
  let level: readonly Within[] = tokens;
  for (let depth = 0; depth < MOST_DEEP; depth++) {
    if (level.length === 0) return true;
    level = level.flatMap(withinOf);
  }
  return false;
}

type Within = Token | Tokens.TableCell;
const NO_CELLS: Pick<Tokens.Table, 'header' | 'rows'> = { header: [], rows: [] };

function withinOf(token: Within): readonly Within[] {
  const { tokens = [], items = [] } = token as Partial<Tokens.Generic>;
  const isTable = 'type' in token && token.type === 'table';
  const { header, rows } = isTable ? (token as Tokens.Table) : NO_CELLS;
  return [...tokens, ...items, ...header, ...rows.flat()];
}
