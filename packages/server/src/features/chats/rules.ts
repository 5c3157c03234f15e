import type { Role } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';

const RANK: Record<Role, number> = { member: 0, admin: 1, owner: 2 };

/** Who may do what in a group: owner > admin > member. Every function throws `forbidden`. */
export function mustManage(actor: Role): void {
  if (RANK[actor] < RANK.admin) refuse('Only an admin or the owner may do this.');
}

export function mustOwn(actor: Role): void {
  if (actor !== 'owner') refuse('Only the owner may do this.');
}

export function mustBeGroup(chatType: 'direct' | 'group'): void {
  if (chatType !== 'group') refuse('This is a direct chat; only groups can be changed like this.');
}

export function mustAdd(actor: Role, newRole: Role): void {
  mustManage(actor);
  if (newRole !== 'member') mustOwn(actor);
}

/** An admin removes members, but neither admins nor the owner. */
export function mustRemove(actor: Role, target: Role): void {
  mustManage(actor);
  if (RANK[target] >= RANK[actor]) refuse('An admin may remove members only.');
}

export function mustRename(actor: Role, target: Role, isSelf: boolean): void {
  if (isSelf) return;
  mustManage(actor);
  if (RANK[target] > RANK[actor]) refuse('An admin may not change the owner.');
}

export interface Candidate {
  userId: number;
  role: Role;
  joinedAt: number;
}

/** Who inherits when the owner leaves: the oldest admin, else the oldest member. */
export function successor(others: readonly Candidate[]): Candidate | undefined {
  const byAge = [...others].sort((a, b) => a.joinedAt - b.joinedAt || a.userId - b.userId);
  return byAge.find((member) => member.role === 'admin') ?? byAge[0];
}

function refuse(detail: string): never {
  throw new ConfabError('forbidden', detail);
}
