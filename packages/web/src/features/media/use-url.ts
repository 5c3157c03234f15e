import { useSignal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { session } from '../../state/session';
import { reasonOf } from '../../ui/refusals';

/** So often an address is asked for anew when nothing can be loaded from it. */
const TRIES = 3;

export interface LoadedUrl {
  /** Null while it is being asked for, and when there is none. */
  readonly url: string | null;
  readonly isBroken: boolean;
  /** Why it is broken, as far as it is known. */
  readonly fault: unknown;
  /** To be called when loading from it failed: it may have ended. */
  onError(): void;
  retry(): void;
}

/**
 * The address that something is loaded from.
 * @param load the same function for the same thing
 */
export function useUrl(load: () => Promise<string | null>): LoadedUrl {
  const url = useSignal<string | null>(null);
  const tries = useSignal(0);
  const fault = useSignal<unknown>(null);
  const isOnline = session.connection.value.name === 'online';
  const onError = useCallback(() => {
    url.value = null;
    tries.value++;
  }, [url, tries]);
  const onFault = (why: unknown) => {
    fault.value = why;
    onError();
    // What was changed stays so.
    if (reasonOf(why) !== null) tries.value = TRIES;
  };
  const retry = useCallback(() => {
    fault.value = null;
    tries.value = 0;
  }, [tries, fault]);
  const isBroken = tries.value >= TRIES;
  useEffect(() => {
    if (isBroken) return;
    let isWanted = true;
    load().then(
      (loaded) => {
        if (isWanted) url.value = loaded;
      },
      (why) => isWanted && onFault(why),
    );
    return () => {
      isWanted = false;
    };
  }, [load, tries.value, isBroken]);
  useEffect(() => {
    if (isOnline && tries.peek() >= TRIES) retry();
  }, [isOnline]);
  return { url: url.value, isBroken, fault: fault.value, onError, retry };
}
