import { useLayoutEffect, useState } from 'preact/hooks';

/** Whether the focus is nowhere, or in something that goes away. */
const isLost = (): boolean => {
  const now = document.activeElement;
  return !now || now === document.body || now.closest('[popover], dialog') !== null;
};

/** Gives the focus back to what had it before, once the component is gone. Who took it keeps it. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  // At once, not after the next frame: who types fast has closed it by then.
  useLayoutEffect(() => {
    const giveBack = () => {
      if (isLost() && before instanceof HTMLElement && before.isConnected) before.focus();
    };
    // While a dialog is still there, nothing beneath it can have the focus.
    return () => queueMicrotask(giveBack);
  }, [before]);
}

/** Escape closes what is on top, and not also what lies beneath it. */
export function keepEscape(event: KeyboardEvent): void {
  if (event.key === 'Escape') event.stopPropagation();
}
