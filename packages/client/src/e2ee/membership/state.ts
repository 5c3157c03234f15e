import { applyEntry as apply, BrokenRule, type Membership } from '@confab/protocol';
import { Refusal } from '../errors';
import type { LogEntry } from './entry';

export { type Membership, roleIn } from '@confab/protocol';

/** What the entry makes of the membership; null before the first. @throws Refusal `not_allowed` … */
export function applyEntry(state: Membership | null, entry: LogEntry): Membership {
  try {
    return apply(state, entry);
  } catch (error) {
    throw error instanceof BrokenRule ? new Refusal(error.reason, error.message) : error;
  }
}
