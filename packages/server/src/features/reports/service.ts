import {
  type AdminReport,
  type AdminReportQuery,
  ConfabError,
  type CreateReport,
  type CursorPage,
  type Report,
} from '@confab/protocol';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Committer } from '../../storage/committer';
import type { Operator } from '../audit';
import { presentForAdmins, presentReport } from './present';
import type { NamedReport, ReportRepository } from './repository';
import { aboutOneself, createReport, resolveReport } from './writes';

export interface ReportDeps {
  reports: ReportRepository;
  committer: Committer;
  now: () => number;
  /** Counts a report that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
}

/** What users tell the administrators of. */
export class ReportService {
  readonly #deps: ReportDeps;

  constructor(deps: ReportDeps) {
    this.#deps = deps;
  }

  async create(
    reporterId: number,
    body: CreateReport,
  ): Promise<{ report: Report; created: boolean }> {
    if (body.user_id === reporterId) throw aboutOneself('user_id');
    this.#deps.limit(reporterId);
    const input = {
      reporterId,
      messageId: body.message_id ?? null,
      userId: body.user_id ?? null,
      reason: body.reason,
      at: this.#deps.now(),
    };
    const { id, created } = await this.#deps.committer.submit(createReport, input, reporterId);
    return { report: presentReport(await this.#row(id)), created };
  }

  async #row(id: number): Promise<NamedReport> {
    const row = await this.#deps.reports.byId(id);
    if (!row) throw new ConfabError('not_found', 'There is no such report');
    return row;
  }

  async page(query: AdminReportQuery): Promise<CursorPage<AdminReport>> {
    const before =
      query.cursor === undefined
        ? Number.MAX_SAFE_INTEGER
        : decodeCursor(query.cursor, 'number')[0];
    const rows = await this.#deps.reports.page(query.state, before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), presentForAdmins);
  }

  async resolve(operator: Operator, reportId: number, note: string | null): Promise<AdminReport> {
    const input = { operator, at: this.#deps.now(), reportId, note };
    await this.#deps.committer.submit(resolveReport, input, 0);
    return presentForAdmins(await this.#row(reportId));
  }

  async isResolved(reportId: number): Promise<boolean> {
    return (await this.#row(reportId)).state === 'resolved';
  }

  /** Pages of the reports that a user made, for their export. */
  async *madeBy(userId: number, pageSize: number): AsyncGenerator<Report[]> {
    let after = 0;
    for (;;) {
      const rows = await this.#deps.reports.madeBy(userId, after, pageSize);
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map(presentReport);
      after = last.id;
    }
  }
}
