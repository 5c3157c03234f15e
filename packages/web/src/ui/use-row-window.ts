import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Which rows of a list are made: from `first` to before `end`. */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
}

/** Rows beyond either edge: quick scrolling shows no gaps. */
const BEYOND = 10;
/** Before anything was measured. */
const BEGINNING: RowWindow = { first: 0, end: 30 };

interface Measures {
  readonly count: number;
  /** In pixels, as the next two. */
  readonly rowHeight: number;
  readonly scrolled: number;
  readonly height: number;
}

/** The rows in view, of a list whose rows are all of one height. */
export function rowsInView({ count, rowHeight, scrolled, height }: Measures): RowWindow {
  if (rowHeight <= 0) return BEGINNING;
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - BEYOND);
  const end = Math.min(count, Math.ceil((scrolled + height) / rowHeight) + BEYOND);
  return { first: Math.min(first, end), end };
}

/** Follows which rows of a scrolled box are in view. Its first child has the height of all rows. */
export function useRowWindow(box: RefObject<HTMLElement>, count: number): RowWindow {
  const [window, setWindow] = useState(BEGINNING);
  const counted = useRef(count);
  counted.current = count;
  useLayoutEffect(() => {
    const scrolled = box.current;
    const rows = scrolled?.firstElementChild;
    if (!scrolled || !rows) return;
    const look = () => {
      const seen = rowsInView(measuresOf(scrolled, rows, counted.current));
      setWindow((before) =>
        before.first === seen.first && before.end === seen.end ? before : seen,
      );
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(scrolled);
    sizes.observe(rows);
    scrolled.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      scrolled.removeEventListener('scroll', look);
    };
  }, [box]);
  return window;
}

const measuresOf = (box: Element, rows: Element, count: number): Measures => ({
  count,
  rowHeight: count > 0 ? rows.clientHeight / count : 0,
  scrolled: box.scrollTop,
  height: box.clientHeight,
});
