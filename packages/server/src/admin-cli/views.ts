import type {
  AdminReport,
  AdminSession,
  AdminUser,
  AdminUserDetails,
  AuditEntry,
  NewPassword,
  Retention,
  UserReference,
} from '@confab/protocol';
import { showStorage } from './storage-view';
import { details, table } from './table';

const nameOf = (user: UserReference | null): string =>
  user === null ? 'command line' : (user.username ?? `erased account ${user.id}`);

/** What was asked for, as far as an answer repeats it. */
type Asked = Readonly<Record<string, unknown>>;

const list = <T>(
  headings: string[],
  none: (asked: Asked) => string,
  row: (item: T) => unknown[],
) => {
  return ({ items, has_more }: { items: T[]; has_more: boolean }, asked: Asked) => {
    if (items.length === 0) return `${none(asked)}\n`;
    const more = has_more ? '\nThere are more; --limit N shows N of them.\n' : '';
    return table(headings, items.map(row)) + more;
  };
};

const showUser = (user: AdminUserDetails) => details({ ...user });

/** Whether it was so before it was asked for. */
type Already = { already: boolean };

/** What was done to somebody, or was so before, and how their account is now. */
const done =
  (made: string, before: string) =>
  ({ already, ...user }: AdminUserDetails & Already) =>
    `${user.username} ${already ? before : made}\n\n${showUser(user)}`;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** How each kind of answer is shown to people. */
const VIEWS = {
  users: list<AdminUser>(
    ['ID', 'USERNAME', 'E-MAIL', 'NAME', 'STATE', 'ROLE', 'ONLINE', 'LAST SEEN'],
    ({ q, state }) =>
      q === undefined && state === undefined
        ? 'There are no accounts.'
        : 'There are no such accounts.',
    (u) => [
      u.id,
      u.username,
      u.email,
      u.full_name,
      u.state,
      u.server_role,
      u.is_online ? 'yes' : 'no',
      u.last_seen,
    ],
  ),
  user: showUser,
  promoted: done('is an administrator now.', 'was an administrator already.'),
  demoted: done('is no administrator any more.', 'was no administrator before either.'),
  deactivated: done('was signed out everywhere, and cannot sign in.', 'was deactivated already.'),
  reactivated: done('can sign in again.', 'was active already.'),
  password: ({ password }: NewPassword, { username }: Asked) =>
    password === null
      ? `The password of ${username} was changed, and all sessions were ended.\n`
      : `${password}\n\nThis is the new password of ${username}; it is not shown again. All sessions were ended.\n`,
  sessions: list<AdminSession>(
    ['ID', 'ADDRESS', 'LAST USED', 'SIGNED IN', 'DEVICE'],
    ({ username }) => `${username} is not signed in anywhere.`,
    (s) => [s.id, s.ip, s.last_used_at, s.created_at, s.device],
  ),
  closed: ({ closed }: { closed: number }, { username }: Asked) =>
    closed === 0
      ? `${username} was not signed in anywhere.\n`
      : `${username} was signed out: ${counted(closed, 'session')} ended.\n`,
  reports: list<AdminReport>(
    ['ID', 'REPORTER', 'ABOUT', 'REASON', 'MESSAGE', 'AT'],
    ({ state = 'open' }) => `There are no ${state} reports.`,
    (r) => [r.id, nameOf(r.reporter), nameOf(r.about), r.reason, r.message?.content, r.created_at],
  ),
  report: ({ already, ...report }: AdminReport & Already) =>
    `Report ${report.id} ${already ? 'was closed already; its note stays.' : 'is closed.'}\n\n${details(
      {
        id: report.id,
        state: report.state,
        reporter: nameOf(report.reporter),
        about: nameOf(report.about),
        reason: report.reason,
        note: report.note,
      },
    )}`,
  retention: ({ days }: Retention) =>
    days === null
      ? 'Messages are kept for ever.\n'
      : `Messages are kept for ${counted(days, 'day')}; older ones are erased.\n`,
  audit: list<AuditEntry>(
    ['AT', 'WHO', 'FROM', 'ACTION', 'WHOM', 'MORE'],
    () => 'No administrator has done anything yet.',
    (e) => [
      e.at,
      nameOf(e.actor),
      e.address,
      e.action,
      e.target && nameOf(e.target),
      JSON.stringify(e.details),
    ],
  ),
  storage: showStorage,
  reasons: ({ reasons }: { reasons: string[] }) =>
    reasons.length === 0
      ? 'Nothing stands in the way.\n'
      : reasons.map((reason) => `- ${reason}\n`).join(''),
};

export type View = keyof typeof VIEWS;

/** An answer as text. It is what the task of this view answers. */
export function show(view: View, answer: unknown, asked: Asked): string {
  return VIEWS[view](answer as never, asked);
}
