import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { AuthService } from './service';

export function authRoutes(router: Router, auth: AuthService): void {
  router.on(ENDPOINTS.register, ({ body, request }) => auth.register(body, request));
  router.on(ENDPOINTS.login, ({ body, request }) =>
    auth.login(body.username, body.password, request),
  );
  router.on(ENDPOINTS.refresh, ({ body }) => auth.refresh(body.refresh_token));
  router.on(ENDPOINTS.logout, ({ caller }) => auth.logout(caller));
  router.on(ENDPOINTS.changePassword, ({ caller, body, request }) =>
    auth.changePassword(caller, body, request.ip),
  );
  router.on(ENDPOINTS.deviceToken, ({ caller, body }) => auth.setDeviceToken(caller, body));
  router.on(ENDPOINTS.sessions, ({ caller, query }) => auth.sessions(caller, query));
  router.on(ENDPOINTS.revokeSession, ({ caller, params }) =>
    auth.revoke(caller, params.session_id),
  );
  router.on(ENDPOINTS.wsTicket, ({ caller }) => auth.wsTicket(caller));
}
