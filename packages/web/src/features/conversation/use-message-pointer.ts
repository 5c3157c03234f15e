import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../state/types';
import { useConversation } from './conversation-context';

/** A finger that rests so long asks for the menu, in milliseconds. */
const LONG_PRESS_MS = 450;
/** A finger that moves so far scrolls, in pixels. */
const MOVED_PX = 10;

/** Links in a text, players and selected text have a menu of the browser's own. */
const hasOwnMenu = (target: EventTarget | null): boolean =>
  (target instanceof Element && target.closest('.text a, input, video, audio') !== null) ||
  getSelection()?.type === 'Range';

/** Mice that are near, fingers that rest, and the menu key. */
export function useMessagePointer(message: Message) {
  const { overlays } = useConversation();
  const [isNear, setNear] = useState(false);
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const isLong = useRef(false);
  const release = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };
  useEffect(() => release, []);
  const openMenu = (x: number, y: number) => overlays.show({ kind: 'menu', message, at: { x, y } });
  const listeners = {
    onPointerEnter: ({ pointerType }: PointerEvent) => pointerType === 'mouse' && setNear(true),
    onPointerLeave: () => {
      setNear(false);
      release();
    },
    onFocusIn: () => setNear(true),
    onFocusOut: ({ currentTarget, relatedTarget }: FocusEvent) => {
      const isWithin =
        currentTarget instanceof Element &&
        relatedTarget instanceof Node &&
        currentTarget.contains(relatedTarget);
      if (!isWithin) setNear(false);
    },
    onContextMenu: (event: MouseEvent) => {
      if (hasOwnMenu(event.target)) return;
      event.preventDefault();
      release();
      openMenu(event.clientX, event.clientY);
    },
    onPointerDown: ({ pointerType, clientX: x, clientY: y, target }: PointerEvent) => {
      isLong.current = false;
      if (pointerType === 'mouse' || hasOwnMenu(target)) return;
      release();
      const rest = () => {
        isLong.current = true;
        openMenu(x, y);
      };
      press.current = { timer: setTimeout(rest, LONG_PRESS_MS), x, y };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const began = press.current;
      if (began && Math.hypot(clientX - began.x, clientY - began.y) > MOVED_PX) release();
    },
    onPointerUp: release,
    // The finger that asked for the menu does not click on what lies beneath it, too.
    onClickCapture: (event: MouseEvent) => {
      if (!isLong.current) return;
      isLong.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
    onPointerCancel: release,
  };
  return { isNear, listeners };
}
