import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatId } from '../../state/types';

/** The row of a chat that something happens in. */
export function chatAt(target: EventTarget | null): { id: ChatId; row: HTMLElement } | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-chat]') : null;
  return row && { id: Number(row.dataset.chat) as ChatId, row };
}

/** Where a key leads from a row; undefined for keys that are not the list's. */
function stepOf(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 10,
    PageUp: at - 10,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

/** The Tab key comes to one row: where the focus was, else the chat that is open, else the first. */
const tabStop = (ids: readonly ChatId[], ...wanted: (ChatId | null)[]): ChatId | undefined =>
  wanted.find((id): id is ChatId => id !== null && ids.includes(id)) ?? ids[0];

/** Keys go through all rows, also those that are not made yet: `stop` has to be made wherever it is. */
export function useRowFocus(
  box: RefObject<HTMLElement>,
  ids: readonly ChatId[],
  current: ChatId | null,
) {
  const [focused, setFocused] = useState<ChatId | null>(null);
  const goal = useRef<ChatId | null>(null);
  useLayoutEffect(() => {
    if (goal.current === null) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-chat="${goal.current}"]`);
    goal.current = null;
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  });
  const keydown = (event: KeyboardEvent) => {
    const from = chatAt(event.target)?.id;
    const to = from && ids[stepOf(event.key, ids.indexOf(from), ids.length) ?? -1];
    if (to === undefined) return;
    event.preventDefault();
    if (to === from) return;
    goal.current = to;
    setFocused(to);
  };
  const focusin = (event: FocusEvent) => setFocused(chatAt(event.target)?.id ?? null);
  return { stop: tabStop(ids, focused, current), keydown, focusin };
}
