import { ENDPOINTS } from '@confab/protocol';
import type { Caller, RequestInfo, Router } from '../../http/contract';
import type { AuditLog, Operator } from '../audit';
import type { ReportService } from '../reports';
import { chosenPassword } from './password';
import type { Retention } from './retention';
import type { AdminService } from './service';

export interface Administration {
  admin: AdminService;
  reports: ReportService;
  retention: Retention;
  auditLog: AuditLog;
}

type By = { caller: Caller; request: RequestInfo };

const operator = ({ caller, request }: By): Operator => ({
  kind: 'admin',
  userId: caller.userId,
  address: request.ip,
});

/** That the caller is an administrator was checked before: these endpoints are marked `admin`. */
export function adminRoutes(router: Router, parts: Administration): void {
  userRoutes(router, parts);
  const { reports, retention, auditLog } = parts;
  router.on(ENDPOINTS.adminReports, ({ query }) => reports.page(query));
  router.on(ENDPOINTS.resolveReport, (call) =>
    reports.resolve(operator(call), call.params.report_id, call.body.note ?? null),
  );
  router.on(ENDPOINTS.retention, () => ({ days: retention.days }));
  router.on(ENDPOINTS.setRetention, async (call) => {
    await retention.set(operator(call), call.body.days);
    return { days: retention.days };
  });
  router.on(ENDPOINTS.auditLog, ({ query }) => auditLog.page(query));
}

function userRoutes(router: Router, { admin }: Administration): void {
  router.on(ENDPOINTS.adminUsers, ({ query }) => admin.users(query));
  router.on(ENDPOINTS.adminUser, ({ params }) => admin.user(params.user_id));
  router.on(ENDPOINTS.deactivateUser, (call) =>
    admin.setActive(operator(call), call.params.user_id, false),
  );
  router.on(ENDPOINTS.reactivateUser, (call) =>
    admin.setActive(operator(call), call.params.user_id, true),
  );
  router.on(ENDPOINTS.setServerRole, (call) =>
    admin.setRole(operator(call), call.params.user_id, call.body.server_role),
  );
  router.on(ENDPOINTS.resetPassword, (call) =>
    admin.resetPassword(operator(call), call.params.user_id, chosenPassword(call.body)),
  );
  router.on(ENDPOINTS.adminSessions, ({ params, query }) => admin.sessions(params.user_id, query));
  router.on(ENDPOINTS.closeSessions, (call) =>
    admin.closeSessions(operator(call), call.params.user_id),
  );
}
