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
import { details, table } from './table';

const nameOf = (user: UserReference | null): string =>
  user === null ? 'command line' : (user.username ?? `erased account ${user.id}`);

const list = <T>(headings: string[], none: string, row: (item: T) => unknown[]) => {
  return ({ items }: { items: T[] }) =>
    items.length === 0 ? `${none}\n` : table(headings, items.map(row));
};

/** How each kind of answer is shown to people. */
const VIEWS = {
  users: list<AdminUser>(
    ['ID', 'USERNAME', 'E-MAIL', 'NAME', 'STATE', 'ROLE', 'LAST SEEN'],
    'There is no such account.',
    (u) => [u.id, u.username, u.email, u.full_name, u.state, u.server_role, u.last_seen],
  ),
  user: (user: AdminUserDetails) => details({ ...user }),
  password: ({ password }: NewPassword) =>
    password === null
      ? 'The password was changed, and all sessions were ended.\n'
      : `${password}\n\nThis is the new password; it is not shown again. All sessions were ended.\n`,
  sessions: list<AdminSession>(
    ['ID', 'ADDRESS', 'LAST USED', 'SIGNED IN', 'DEVICE'],
    'They are not signed in anywhere.',
    (s) => [s.id, s.ip, s.last_used_at, s.created_at, s.device],
  ),
  closed: ({ closed }: { closed: number }) => `Ended ${closed} sessions.\n`,
  reports: list<AdminReport>(
    ['ID', 'REPORTER', 'ABOUT', 'REASON', 'MESSAGE', 'AT'],
    'There is no such report.',
    (r) => [r.id, nameOf(r.reporter), nameOf(r.about), r.reason, r.message?.content, r.created_at],
  ),
  report: (report: AdminReport) =>
    details({
      id: report.id,
      state: report.state,
      reporter: nameOf(report.reporter),
      about: nameOf(report.about),
      reason: report.reason,
      note: report.note,
    }),
  retention: ({ days }: Retention) =>
    days === null ? 'Messages are kept for ever.\n' : `Messages are kept for ${days} days.\n`,
  audit: list<AuditEntry>(
    ['AT', 'WHO', 'FROM', 'ACTION', 'WHOM', 'MORE'],
    'Nothing has been done yet.',
    (e) => [
      e.at,
      nameOf(e.actor),
      e.address,
      e.action,
      e.target && nameOf(e.target),
      JSON.stringify(e.details),
    ],
  ),
  reasons: ({ reasons }: { reasons: string[] }) =>
    reasons.length === 0
      ? 'Nothing stands in the way.\n'
      : reasons.map((reason) => `- ${reason}\n`).join(''),
};

export type View = keyof typeof VIEWS;

/** An answer as text. It is what the task of this view answers. */
export function show(view: View, answer: unknown): string {
  return VIEWS[view](answer as never);
}
