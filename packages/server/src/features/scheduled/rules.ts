import { ConfabError } from '@confab/protocol';

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** A clock that is a little behind is no fault: such a message is sent at once. */
const LATE_MS = 60_000;

/** @throws ConfabError `invalid` when it is past, or more than a year ahead */
export function timeOf(sendAt: string, now: number): number {
  const at = Date.parse(sendAt);
  if (at < now - LATE_MS) refuse('must not be in the past');
  if (at > now + YEAR_MS) refuse('must be at most a year ahead');
  return at;
}

function refuse(message: string): never {
  throw new ConfabError('invalid', `The time ${message}`, {
    errors: [{ path: 'send_at', message }],
  });
}
