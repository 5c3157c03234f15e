import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Row } from './rows';

interface Shown {
  readonly list: number;
  readonly rows: readonly Row[];
  /** Whether rows came or went at the start since the last time. */
  readonly shift: boolean;
}

const NOTHING: Shown = { list: -1, rows: [], shift: false };

const indexOf = (rows: readonly Row[], key: string | undefined) =>
  rows.findIndex((row) => row.key === key);

/**
 * The rows for the list, which learns of a change at its start and of one at its end in two steps: it
 * keeps its place by either end, but can see only how many rows there are.
 */
export function useList(list: number, rows: readonly Row[]): Shown {
  const shown = useRef(NOTHING);
  const [, again] = useState(0);
  const next = stepTo(shown.current, list, rows);
  shown.current = next;
  useLayoutEffect(() => {
    if (next.rows !== rows) again((count) => count + 1);
  });
  return next;
}

/** Exported for its test. */
export function stepTo(before: Shown, list: number, rows: readonly Row[]): Shown {
  if (before.list !== list || before.rows.length === 0 || rows.length === 0) {
    return { list, rows, shift: false };
  }
  if (before.rows === rows) return { ...before, shift: false };
  const sameStart = before.rows[0]?.key === rows[0]?.key;
  if (sameStart) return { list, rows, shift: false };
  const last = indexOf(rows, before.rows.at(-1)?.key);
  // Everything is another: there is no place to keep.
  if (last === -1 && indexOf(rows, before.rows[0]?.key) === -1) return { list, rows, shift: false };
  const upToLast = last === -1 ? rows : rows.slice(0, last + 1);
  return { list, rows: last === rows.length - 1 ? rows : upToLast, shift: true };
}
