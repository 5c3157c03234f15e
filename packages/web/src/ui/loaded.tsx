import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './button';
import { Empty, Loading } from './empty';
import { faultText, isMissing } from './faults';
import { TriangleAlert } from './icons';

type State<T> =
  | { readonly name: 'loading' }
  | { readonly name: 'loaded'; readonly value: T }
  | { readonly name: 'failed'; readonly fault: unknown };

export interface Loadable<T> {
  readonly state: State<T>;
  readonly reload: () => void;
  /** What is there from now on, as far as it is there. */
  readonly change: (how: (value: T) => T) => void;
}

/** What the server is asked for when a component is first shown, and again for another key. */
export function useLoaded<T>(load: () => Promise<T>, key: unknown = null): Loadable<T> {
  const [state, setState] = useState<State<T>>({ name: 'loading' });
  const last = useRef(0);
  const reload = () => {
    last.current += 1;
    const mine = last.current;
    const settle = (next: State<T>) => mine === last.current && setState(next);
    setState({ name: 'loading' });
    load().then(
      (value) => settle({ name: 'loaded', value }),
      (fault: unknown) => settle({ name: 'failed', fault }),
    );
  };
  useEffect(() => {
    reload();
    // An answer that comes too late is nobody's.
    return () => void last.current++;
  }, [key]);
  const change = (how: (value: T) => T) =>
    setState((before) =>
      before.name === 'loaded' ? { name: 'loaded', value: how(before.value) } : before,
    );
  return { state, reload, change };
}

interface LoadedProps<T> {
  of: Loadable<T>;
  children: (value: T) => ComponentChildren;
  /** In place of what the server has not. */
  missing?: ComponentChildren;
}

/** Shows what was loaded; until then that it is coming, or why it did not. */
export function Loaded<T>({ of: { state, reload }, children, missing }: LoadedProps<T>) {
  if (state.name === 'loading') return <Loading />;
  if (state.name === 'loaded') return <>{children(state.value)}</>;
  if (missing !== undefined && isMissing(state.fault)) return <>{missing}</>;
  return (
    <Empty icon={TriangleAlert} title={faultText(state.fault)}>
      <Button onClick={reload}>{t('common.retry')}</Button>
    </Empty>
  );
}
