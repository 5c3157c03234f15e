import { type Clock, systemClock } from '../lib/clock';

/** For so long at least a server waits for what is not there yet. */
const WAIT_MS = 2_000;

/**
 * The system's time, on which a server waits ten times as long: where an answer tells what is known
 * after two or three seconds, all of it is known by then on a busy machine too.
 */
export const patientClock: Clock = {
  ...systemClock,
  after: (ms, run) => systemClock.after(ms < WAIT_MS ? ms : 10 * ms, run),
};
