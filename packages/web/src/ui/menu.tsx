import type { LucideIcon } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { keepEscape, useFocusBack } from './focus';

export type MenuEntry =
  | {
      readonly text: string;
      readonly icon: LucideIcon;
      readonly danger?: boolean;
      readonly run: () => void;
    }
  | 'line';

interface MenuProps {
  /** Where it was asked for, in the window. */
  at: { readonly x: number; readonly y: number };
  label: string;
  entries: readonly MenuEntry[];
  onClose: () => void;
  /** What stands above the entries. */
  children?: ComponentChildren;
}

const MARGIN = 8;

/** Puts a popover at a place, within the window. */
export function placeAt(menu: HTMLElement, { x, y }: { x: number; y: number }): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN));
  const top = Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN));
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function moveFocus(menu: HTMLElement, event: KeyboardEvent): void {
  const items = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  keepEscape(event);
  const step = STEPS[event.key];
  const ends: Readonly<Record<string, number>> = { Home: 0, End: items.length - 1 };
  const next = step === undefined ? ends[event.key] : (at + step + items.length) % items.length;
  if (next === undefined) return;
  event.preventDefault();
  items[next]?.focus();
}

/**
 * Closes the menu by a press elsewhere. The browser's own way would close one that a long press opened
 * when that finger is lifted.
 */
function useCloseElsewhere(menu: { current: HTMLElement | null }, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const pressed = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && menu.current?.contains(target))) latest.current();
    };
    document.addEventListener('pointerdown', pressed, true);
    return () => document.removeEventListener('pointerdown', pressed, true);
  }, [menu]);
}

/**
 * The finger of the long press that opened the menu may be lifted above it, which chooses nothing: for
 * that it has to come down again.
 */
function useOwnClicks() {
  const wasPressed = useRef(false);
  return {
    onPointerDownCapture: () => {
      wasPressed.current = true;
    },
    onClickCapture: (event: MouseEvent) => {
      const isTouch = event instanceof PointerEvent && event.pointerType === 'touch';
      if (!isTouch || wasPressed.current) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/** What can be done with a thing, at the place of a click. The focus comes back when it closes. */
export function Menu({ at, label, entries, onClose, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useFocusBack();
  useCloseElsewhere(menu, onClose);
  const ownClicks = useOwnClicks();
  const onKeyDown = (event: KeyboardEvent) => {
    if (menu.current) moveFocus(menu.current, event);
    if (event.key !== 'Escape' && event.key !== 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    placeAt(element, at);
    element.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [at]);
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      onKeyDown={onKeyDown}
      {...ownClicks}
    >
      {children}
      {entries.map((entry, index) =>
        entry === 'line' ? (
          <hr key={index} />
        ) : (
          <MenuItem key={index} entry={entry} onClose={onClose} />
        ),
      )}
    </div>
  );
}

function MenuItem({ entry, onClose }: { entry: Exclude<MenuEntry, 'line'>; onClose: () => void }) {
  const { text, icon: Icon, danger, run } = entry;
  const choose = () => {
    onClose();
    // Once the menu is gone: a dialog that this opens then knows where the focus was before it.
    setTimeout(run);
  };
  return (
    <button
      type="button"
      role="menuitem"
      class={danger ? 'menu-item menu-item-danger' : 'menu-item'}
      onClick={choose}
    >
      <Icon size={18} aria-hidden="true" />
      {text}
    </button>
  );
}
