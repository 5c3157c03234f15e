import { useState } from 'preact/hooks';
import { faultText } from '../../ui/faults';

/** Something that takes a while, once at a time, and what went wrong with it. */
export function useDoing(): {
  readonly busy: boolean;
  readonly fault: string | null;
  readonly run: (action: () => Promise<unknown>) => void;
  readonly clear: () => void;
} {
  const [state, setState] = useState<{ busy: boolean; fault: string | null }>({
    busy: false,
    fault: null,
  });
  const run = (action: () => Promise<unknown>) => {
    if (state.busy) return;
    setState({ busy: true, fault: null });
    action().then(
      () => setState({ busy: false, fault: null }),
      (fault: unknown) => setState({ busy: false, fault: faultText(fault) }),
    );
  };
  return { ...state, run, clear: () => setState({ busy: false, fault: null }) };
}
