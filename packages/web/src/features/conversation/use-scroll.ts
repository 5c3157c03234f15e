import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import type { Row } from './rows';
import { HEAD_PX, ScrollKeeper } from './scroll-keeper';
import type { TimelineStore } from './timeline-store';

interface Scroll {
  readonly scroller: RefObject<HTMLDivElement>;
  readonly list: RefObject<VirtualizerHandle>;
  readonly keeper: ScrollKeeper;
}

export { HEAD_PX };

/** Keeps the view where it belongs while rows come and go, and loads what comes near. */
export function useScroll(timeline: TimelineStore, rows: readonly Row[]): Scroll {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const keeper = useMemo(() => new ScrollKeeper(timeline, scroller, list), [timeline]);
  const goal = timeline.goal.value;
  const isReady = timeline.phase.value === 'ready';
  // The edges: what failed is tried again, and a page that is there may not fill the window.
  const edges = [timeline.older.value, timeline.newer.value];
  useLayoutEffect(() => {
    if (isReady) keeper.rowsChanged(rows);
  }, [keeper, rows, goal, isReady, ...edges]);
  useEffect(() => {
    const seen = () => keeper.see();
    window.addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
    return () => {
      window.removeEventListener('focus', seen);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [keeper]);
  return { scroller, list, keeper };
}
