import type { ENDPOINTS, ReportId, ServerRole, UserId } from '@confab/protocol';
import type { CallInput, Rest } from './rest';

type Query<N extends keyof typeof ENDPOINTS> = NonNullable<
  CallInput<(typeof ENDPOINTS)[N]>['query']
>;

/** What administrators of a server do. Anybody else gets `forbidden`. */
export class AdminApi {
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  users = (query: Query<'adminUsers'> = {}) => this.#rest.call('adminUsers', { query });
  user = (user_id: UserId) => this.#rest.call('adminUser', { params: { user_id } });
  deactivate = (user_id: UserId) => this.#rest.call('deactivateUser', { params: { user_id } });
  reactivate = (user_id: UserId) => this.#rest.call('reactivateUser', { params: { user_id } });
  setRole = (user_id: UserId, server_role: ServerRole) =>
    this.#rest.call('setServerRole', { params: { user_id }, body: { server_role } });
  /** One is made up, and told, when no password is given. */
  resetPassword = (user_id: UserId, new_password?: string) =>
    this.#rest.call('resetPassword', {
      params: { user_id },
      body: new_password === undefined ? {} : { new_password },
    });
  sessions = (user_id: UserId, query: Query<'adminSessions'> = {}) =>
    this.#rest.call('adminSessions', { params: { user_id }, query });
  closeSessions = (user_id: UserId) => this.#rest.call('closeSessions', { params: { user_id } });

  reports = (query: Query<'adminReports'> = {}) => this.#rest.call('adminReports', { query });
  resolveReport = (report_id: ReportId, note?: string) =>
    this.#rest.call('resolveReport', {
      params: { report_id },
      body: note === undefined ? {} : { note },
    });

  retention = () => this.#rest.call('retention');
  /** @param days null keeps messages for ever */
  setRetention = (days: number | null) => this.#rest.call('setRetention', { body: { days } });
  auditLog = (query: Query<'auditLog'> = {}) => this.#rest.call('auditLog', { query });
}
