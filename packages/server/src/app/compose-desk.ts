import {
  AccountRepository,
  AdminService,
  OperatorDesk,
  Retention,
  type VerifyStorage,
  type WhyNoPush,
} from '../features/admin';
import { AuditLog } from '../features/audit';
import { SessionRepository } from '../features/auth';
import { ReportRepository, ReportService } from '../features/reports';
import type { Bus } from '../realtime/bus';
import type { Database } from '../storage/database';

export interface DeskParts {
  database: Pick<Database, 'read' | 'committer'>;
  bus: Bus;
  now: () => number;
  isOnline: (userId: number) => boolean;
  /** Counts a report that a user makes. @throws ConfabError `rate_limited` */
  limitReport: (userId: number) => void;
  whyNoPush: WhyNoPush;
  verifyStorage: VerifyStorage;
}

/** What administrators do; the command line needs no more of a server when none runs. */
export async function composeDesk(deps: DeskParts) {
  const { bus, now, isOnline, whyNoPush, verifyStorage } = deps;
  const { read, committer } = deps.database;
  const reports = new ReportService({
    reports: new ReportRepository(read),
    committer,
    now,
    limit: deps.limitReport,
  });
  const admin = new AdminService({
    accounts: new AccountRepository(read),
    sessions: new SessionRepository(read),
    committer,
    bus,
    now,
    isOnline,
  });
  const retention = await Retention.load(read, committer, now);
  const parts = { admin, reports, retention, auditLog: new AuditLog(read) };
  return { ...parts, desk: new OperatorDesk({ ...parts, whyNoPush, verifyStorage }) };
}
