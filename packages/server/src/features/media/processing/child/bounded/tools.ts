import { type Clock, systemClock } from '../../../../../lib/clock';

/** Programs that help with media. Each is a path, or null where the machine has none. */
export interface Tools {
  readonly ffmpeg: string | null;
  /** Limits of a program's memory, time and files; of util-linux, as `setpriv` is. */
  readonly prlimit: string | null;
  readonly setpriv: string | null;
  readonly clock: Clock;
}

/** Those on the PATH. */
export const systemTools = (): Tools => ({
  ffmpeg: Bun.which('ffmpeg'),
  prlimit: Bun.which('prlimit'),
  setpriv: Bun.which('setpriv'),
  clock: systemClock,
});
