import { Refusal } from '../errors';
import { type Membership, roleIn } from '../membership/state';

/** A message is deleted by its sender, in a group also by admins. @throws Refusal `not_allowed` */
export function mustBeDeletable(state: Membership | null, by: number, sender: number): void {
  if (by === sender) return;
  if (state?.kind === 'group' && roleIn(state, by) !== 'member') return;
  throw new Refusal('not_allowed', 'Only its sender, an admin or the owner may delete this');
}
