/** A text and what of it is selected, as a field has it. */
export interface Selected {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What is to be put in the place of some of a text, and what is selected then. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly select: readonly [start: number, end: number];
}

/** Puts marks around what is selected, or takes them away when they are there. */
export function toggleMark({ text, start, end }: Selected, mark: string): Change {
  const inner = text.slice(start, end);
  const size = mark.length;
  if (isMarked(text, start - size, end + size, mark)) {
    const select = [start - size, end - size] as const;
    return { from: start - size, to: end + size, insert: inner, select };
  }
  return {
    from: start,
    to: end,
    insert: mark + inner + mark,
    select: [start + size, end + size],
  };
}

/** `*` beside `**` is another mark. */
function isMarked(text: string, from: number, to: number, mark: string): boolean {
  const isThere = text.startsWith(mark, from) && text.slice(0, to).endsWith(mark);
  if (from < 0 || to > text.length || to - from < 2 * mark.length || !isThere) return false;
  return mark !== '*' || (text[from - 1] !== '*' && text[to] !== '*');
}

/** A name or an emoji that is being typed. */
export interface Token {
  readonly kind: 'mention' | 'emoji';
  /** Where its sign (`@`, `:`) stands. */
  readonly from: number;
  /** What was typed after it. */
  readonly word: string;
}

const TOKEN = /(?:^|[\s([{"'])(@[a-z0-9_.]*|:[a-z0-9_+-]{2,})$/i;

/** What is being typed right before the caret. */
export function tokenAt(text: string, caret: number): Token | null {
  const [, found] = TOKEN.exec(text.slice(Math.max(0, caret - 64), caret)) ?? [];
  if (found === undefined) return null;
  const kind = found.startsWith('@') ? 'mention' : 'emoji';
  return { kind, from: caret - found.length, word: found.slice(1).toLowerCase() };
}

const encoder = new TextEncoder();

/** How large a text is on its way, in bytes. */
export const bytesOf = (text: string): number => encoder.encode(text).length;
