import { useEffect, useState } from 'preact/hooks';

/** What was asked for: not here yet, here, or why it is not. */
export type Found<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'failed'; readonly fault: unknown };

/** Asks when it is first shown, and again when what it depends on changes; what was there stays meanwhile. */
export function useFound<T>(find: () => Promise<T>, depends: readonly unknown[]): Found<T> {
  const [found, setFound] = useState<Found<T>>({ state: 'waiting' });
  useEffect(() => {
    let isCurrent = true;
    find().then(
      (value) => isCurrent && setFound({ state: 'there', value }),
      (fault: unknown) => isCurrent && setFound({ state: 'failed', fault }),
    );
    return () => {
      isCurrent = false;
    };
  }, depends);
  return found;
}
