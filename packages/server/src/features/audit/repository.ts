import type { AuditEntry, CursorPage } from '@confab/protocol';
import type { Kysely } from 'kysely';
import { iso } from '../../lib/clock';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Schema } from '../../storage/schema';
import { type NameRow, reference } from './reference';

interface AuditRow {
  id: number;
  at: number;
  address: string;
  action: string;
  details: string;
  actor_id: number | null;
  actor: string | null;
  actor_erased: number | null;
  target_id: number | null;
  target: string | null;
  target_erased: number | null;
}

/** What administrators did. */
export class AuditLog {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The newest first. */
  async page(query: {
    limit: number;
    cursor?: string | undefined;
  }): Promise<CursorPage<AuditEntry>> {
    const before =
      query.cursor === undefined
        ? Number.MAX_SAFE_INTEGER
        : decodeCursor(query.cursor, 'number')[0];
    const rows = await this.#before(before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), presentEntry);
  }

  #before(id: number, limit: number): Promise<AuditRow[]> {
    return this.#db
      .selectFrom('audit_log as l')
      .leftJoin('users as a', 'a.id', 'l.actor_id')
      .leftJoin('users as t', 't.id', 'l.target_id')
      .select(['l.id', 'l.at', 'l.address', 'l.action', 'l.details', 'l.actor_id', 'l.target_id'])
      .select(['a.username as actor', 'a.erased_at as actor_erased'])
      .select(['t.username as target', 't.erased_at as target_erased'])
      .where('l.id', '<', id)
      .orderBy('l.id', 'desc')
      .limit(limit)
      .execute();
  }
}

function presentEntry(row: AuditRow): AuditEntry {
  const nameOf = (id: number, username: string | null, erasedAt: number | null): NameRow => ({
    id,
    username,
    erased_at: erasedAt,
  });
  return {
    id: row.id,
    at: iso(row.at),
    address: row.address,
    action: row.action,
    actor:
      row.actor_id === null ? null : reference(nameOf(row.actor_id, row.actor, row.actor_erased)),
    target:
      row.target_id === null
        ? null
        : reference(nameOf(row.target_id, row.target, row.target_erased)),
    details: JSON.parse(row.details) as AuditEntry['details'],
  };
}
