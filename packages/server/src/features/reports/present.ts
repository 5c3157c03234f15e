import type { AdminReport, Report } from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import { reference } from '../audit';
import type { NamedReport, ReportRow } from './repository';

export function presentReport(row: ReportRow): Report {
  return {
    id: row.id as Report['id'],
    message_id: row.message_id as Report['message_id'],
    user_id: row.user_id as Report['user_id'],
    reason: row.reason,
    state: row.state,
    created_at: iso(row.created_at),
    resolved_at: isoOrNull(row.resolved_at),
  };
}

export function presentForAdmins(row: NamedReport): AdminReport {
  const someone = (id: number, username: string | null, erased_at: number | null) =>
    reference({ id, username, erased_at });
  return {
    ...presentReport(row),
    reporter: someone(row.reporter_id, row.reporter, row.reporter_erased),
    about: someone(row.about_id, row.about, row.about_erased),
    message: messageOf(row),
    note: row.note,
    resolved_by:
      row.resolved_by === null ? null : someone(row.resolved_by, row.resolver, row.resolver_erased),
  };
}

function messageOf(row: ReportRow): AdminReport['message'] {
  if (row.chat_id === null || row.content_type === null || row.sent_at === null) return null;
  return {
    chat_id: row.chat_id as NonNullable<AdminReport['message']>['chat_id'],
    content: row.content,
    content_type: row.content_type,
    created_at: iso(row.sent_at),
  };
}
