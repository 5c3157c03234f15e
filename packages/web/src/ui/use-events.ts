import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Handlers = {
  readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void;
};

/** Follows what happens to the things within an element, which is nothing to be used itself. */
export function useEvents(within: RefObject<HTMLElement>, handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const element = within.current;
    const handle = (event: Event) => {
      const handler = latest.current[event.type as keyof HTMLElementEventMap];
      (handler as ((event: Event) => void) | undefined)?.(event);
    };
    const types = Object.keys(latest.current);
    for (const type of types) element?.addEventListener(type, handle);
    return () => {
      for (const type of types) element?.removeEventListener(type, handle);
    };
  }, [within]);
}
