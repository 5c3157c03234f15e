import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Loading } from './empty';

/**
 * A component whose code is loaded when it is first shown. If that fails, the error boundary tells.
 * @param meanwhile what is shown until it is there
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: ComponentChildren = <Loading />,
): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [state, setState] = useState<{ fault?: unknown }>({});
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          setState({});
        },
        (fault: unknown) => setState({ fault: fault ?? new Error('A part of the app is missing') }),
      );
    }, []);
    if (state.fault !== undefined) throw state.fault;
    const Loaded = loaded;
    return Loaded ? <Loaded {...props} /> : meanwhile;
  };
}
