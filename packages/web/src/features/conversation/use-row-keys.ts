import { composerOf } from './composer-field';
import { useConversation } from './conversation-context';
import { actionsFor } from './message-actions';
import type { Row } from './rows';
import type { ScrollKeeper } from './scroll-keeper';

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/** Keys by which somebody goes up. */
const LEAVES: ReadonlySet<string> = new Set(['PageUp', 'Home', 'ArrowUp']);

/** The row that has the focus; undefined while something within it has. */
function rowAt(rows: readonly Row[], target: EventTarget | null): number {
  const key = target instanceof HTMLElement ? target.dataset.row : undefined;
  return key === undefined ? -1 : rows.findIndex((row) => row.key === key);
}

/** The keyboard in a conversation: arrows go from message to message, keys do something with one. */
export function useRowKeys(
  rows: readonly Row[],
  keeper: ScrollKeeper,
): (event: KeyboardEvent) => void {
  const conversation = useConversation();
  const { overlays } = conversation;
  return (event) => {
    if (LEAVES.has(event.key)) keeper.leave();
    const at = rowAt(rows, event.target);
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return composerOf(event.target)?.focus();
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = nextShown(rows, at, step);
      if (!next) return composerOf(event.target)?.focus();
      overlays.active.value = next.row.key;
      keeper.reveal(next.index);
      return;
    }
    if (row.item.kind !== 'message') return;
    const action = actionsFor(row.item.message, conversation).find(({ key }) => key === event.key);
    if (!action) return;
    event.preventDefault();
    action.run(spotOf(event.target));
  };
}

function nextShown(rows: readonly Row[], from: number, step: number) {
  for (let index = from + step; ; index += step) {
    const row = rows[index];
    if (!row) return undefined;
    if (!row.isHidden) return { row, index };
  }
}

/** Beside a row, for what is opened by a key. */
function spotOf(target: EventTarget | null): { x: number; y: number } {
  const bubble = target instanceof Element ? (target.querySelector('.bubble') ?? target) : null;
  const { left = 0, top = 0, height = 0 } = bubble?.getBoundingClientRect() ?? {};
  return { x: left + 8, y: top + Math.min(height, 40) };
}
