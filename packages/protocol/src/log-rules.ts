import type { Role } from './common';
import type { MembershipEntry } from './log-entry';

/** Why an entry of a membership log may not be. */
export type BrokenRuleReason = 'malformed' | 'log_broken' | 'not_a_member' | 'not_allowed';

/** An entry that its log does not allow. Devices and the server judge alike. */
export class BrokenRule extends Error {
  readonly reason: BrokenRuleReason;

  constructor(reason: BrokenRuleReason, detail: string) {
    super(detail);
    this.name = 'BrokenRule';
    this.reason = reason;
  }
}

/** Who belongs to a chat after some entry of its log. Immutable. */
export interface Membership {
  readonly chat: number;
  readonly kind: 'direct' | 'group';
  readonly share: boolean;
  /** In the order in which they joined; a new role does not move anybody. */
  readonly members: ReadonlyMap<number, Member>;
}

interface Member {
  readonly role: Role;
  /** The place of the entry that gave this role. */
  readonly since: number;
}

/** What the entry makes of the membership; null before the first. @throws BrokenRule */
export function applyEntry(state: Membership | null, entry: MembershipEntry): Membership {
  if (entry.action === 'create') {
    if (state) throw new BrokenRule('log_broken', 'A chat is made once');
    return created(entry);
  }
  if (!state) throw new BrokenRule('log_broken', 'A log begins with the making of its chat');
  const actor = state.members.get(entry.by);
  if (!actor) throw new BrokenRule('not_a_member', 'Its author is not in the chat');
  if (state.kind === 'direct')
    throw new BrokenRule('not_allowed', 'A direct chat has its two members');
  return changed(state, entry, roleIn(state, entry.by));
}

type Creation = Extract<MembershipEntry, { action: 'create' }>;
type ChangeEntry = Exclude<MembershipEntry, Creation>;

function created({ chat, kind, share, members, by, n }: Creation): Membership {
  const all = new Map(members.map(({ user, role }) => [user, { role, since: n }]));
  if (all.size !== members.length) throw new BrokenRule('malformed', 'A member is named twice');
  const owners = members.filter((member) => member.role === 'owner');
  const fits =
    kind === 'direct'
      ? all.has(by) && all.size <= 2 && members.every((member) => member.role === 'member')
      : owners.length === 1 && owners[0]?.user === by;
  if (!fits) throw new BrokenRule('not_allowed', 'These are not the members of a new chat');
  return { chat, kind, share, members: all };
}

function changed(state: Membership, entry: ChangeEntry, actor: Role): Membership {
  const members = new Map(state.members);
  switch (entry.action) {
    case 'leave':
      members.delete(entry.by);
      break;
    case 'add':
      must(!members.has(entry.user) && entry.role !== 'owner');
      must(outranks(actor, entry.role));
      members.set(entry.user, { role: entry.role, since: entry.n });
      break;
    case 'remove': {
      must(entry.user !== entry.by && outranks(actor, roleOf(state, entry.user)));
      members.delete(entry.user);
      break;
    }
    case 'role': {
      must(actor === 'owner' && entry.user !== entry.by && members.has(entry.user));
      members.set(entry.user, { role: entry.role, since: entry.n });
      if (entry.role === 'owner') members.set(entry.by, { role: 'admin', since: entry.n });
      break;
    }
    default:
      entry satisfies never;
  }
  return { ...state, members };
}

/** Owner over admins and members, admins over members. */
const outranks = (actor: Role, other: Role) =>
  (actor === 'owner' && other !== 'owner') || (actor === 'admin' && other === 'member');

function roleOf(state: Membership, user: number): Role {
  if (!state.members.has(user)) throw new BrokenRule('not_allowed', 'They are not in the chat');
  return roleIn(state, user);
}

/** A member's role, with whoever counts as the owner when the owner has left. */
export function roleIn(state: Membership, user: number): Role {
  return user === heirOf(state) ? 'owner' : (state.members.get(user)?.role ?? 'member');
}

/** The admin who has been one for longest, else the member who joined first; null while there is an owner. */
function heirOf({ members, kind }: Membership): number | null {
  const all = [...members];
  if (kind === 'direct' || all.some(([, { role }]) => role === 'owner')) return null;
  const admins = all.filter(([, { role }]) => role === 'admin');
  const [heir] = admins.length > 0 ? admins.sort(([, a], [, b]) => a.since - b.since) : all;
  return heir?.[0] ?? null;
}

function must(condition: boolean): asserts condition {
  if (!condition) throw new BrokenRule('not_allowed', 'Its author may not do this');
}
