import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Gives the first field within an element the focus when it is first shown. */
export function useFirstFocus<E extends HTMLElement>(): RefObject<E> {
  const ref = useRef<E>(null);
  useEffect(() => ref.current?.querySelector<HTMLElement>('input:not([hidden])')?.focus(), []);
  return ref;
}
