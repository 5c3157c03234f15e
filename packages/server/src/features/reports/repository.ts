import type { ReportState } from '@confab/protocol';
import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../storage/schema';

export type ReportRow = Selectable<Schema['reports']>;

/** A report with the names of everybody in it. */
export interface NamedReport extends ReportRow {
  reporter: string | null;
  reporter_erased: number | null;
  about: string | null;
  about_erased: number | null;
  resolver: string | null;
  resolver_erased: number | null;
}

function named(db: Kysely<Schema>) {
  return db
    .selectFrom('reports as r')
    .leftJoin('users as p', 'p.id', 'r.reporter_id')
    .leftJoin('users as a', 'a.id', 'r.about_id')
    .leftJoin('users as s', 's.id', 'r.resolved_by')
    .selectAll('r')
    .select(['p.username as reporter', 'p.erased_at as reporter_erased'])
    .select(['a.username as about', 'a.erased_at as about_erased'])
    .select(['s.username as resolver', 's.erased_at as resolver_erased']);
}

export class ReportRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  byId(id: number): Promise<NamedReport | undefined> {
    return named(this.#db).where('r.id', '=', id).executeTakeFirst();
  }

  /** The newest first. */
  page(state: ReportState, before: number, limit: number): Promise<NamedReport[]> {
    return named(this.#db)
      .where('r.state', '=', state)
      .where('r.id', '<', before)
      .orderBy('r.id', 'desc')
      .limit(limit)
      .execute();
  }

  /** Those that a user made, the oldest first. */
  madeBy(userId: number, after: number, limit: number): Promise<ReportRow[]> {
    return this.#db
      .selectFrom('reports')
      .selectAll()
      .where('reporter_id', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }
}
