import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { lazy } from '../../ui/lazy';

const EmojiPicker = lazy(async () => (await import('./emoji-picker')).EmojiPicker);

const MARGIN = 8;

/** Above what it belongs to where there is room, within the window in any case. */
function place(popover: HTMLElement, anchor: HTMLElement): void {
  const { width, height } = popover.getBoundingClientRect();
  const at = anchor.getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - width - MARGIN);
  const top = at.top - height - MARGIN;
  popover.style.left = `${Math.max(MARGIN, left)}px`;
  popover.style.top = `${top >= MARGIN ? top : Math.min(at.bottom + MARGIN, innerHeight - height - MARGIN)}px`;
}

interface EmojiPopoverProps {
  anchor: HTMLElement;
  onPick: (emoji: string) => void;
  onClose: () => void;
}

/** The emoji picker beside a button. It closes by Escape or a click elsewhere; the focus goes back. */
export function EmojiPopover({ anchor, onPick, onClose }: EmojiPopoverProps) {
  const popover = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const element = popover.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    return () => element.hidePopover();
  }, [anchor]);
  return (
    <div
      ref={popover}
      class="menu emoji-popover"
      role="dialog"
      aria-label={t('composer.emoji')}
      popover="auto"
      onToggle={(event) => event.newState === 'closed' && close.current()}
    >
      <EmojiPicker onPick={onPick} />
    </div>
  );
}
