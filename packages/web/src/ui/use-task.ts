import { useState } from 'preact/hooks';
import { attempt } from './faults';

/** Something that is done once at a time; what goes wrong with it is told. */
export function useTask(): {
  busy: boolean;
  /** @returns whether it went well; false, too, while something is under way */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>) => {
    if (busy) return false;
    setBusy(true);
    const went = await attempt(work);
    setBusy(false);
    return went;
  };
  return { busy, run };
}
