import { useRef, useState } from 'preact/hooks';
import { attempt } from '../../ui/faults';
import { type Loadable, useLoaded } from '../../ui/loaded';

interface Setting<T> {
  readonly loaded: Loadable<T>;
  /** Shown at once, and kept by the server soon after; put back if it refuses. */
  readonly set: (change: Partial<T>) => void;
  readonly state: 'untouched' | 'saving' | 'saved' | 'failed';
}

/** Settings that the server keeps. Changes are sent one after the other, so that the last one wins. */
export function useSetting<T extends object>(
  load: () => Promise<T>,
  save: (change: Partial<T>) => Promise<T>,
): Setting<T> {
  const loaded = useLoaded(load);
  const [state, setState] = useState<Setting<T>['state']>('untouched');
  const queue = useRef({ last: Promise.resolve(), waiting: 0 });
  const send = async (change: Partial<T>) => {
    let kept: T | undefined;
    const went = await attempt(async () => {
      kept = await save(change);
    });
    queue.current.waiting--;
    if (!went) loaded.reload();
    // What was changed meanwhile is shown as it was changed.
    if (queue.current.waiting > 0) return;
    if (kept) loaded.change(() => kept as T);
    setState(went ? 'saved' : 'failed');
  };
  const set = (change: Partial<T>) => {
    loaded.change((before) => ({ ...before, ...change }));
    setState('saving');
    queue.current.waiting++;
    queue.current.last = queue.current.last.then(() => send(change));
  };
  return { loaded, set, state };
}
