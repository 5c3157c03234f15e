import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { PrivacyService } from './service';

/** To be bound before the users' routes: `blocked` is no id of a user. */
export function privacyRoutes(router: Router, privacy: PrivacyService): void {
  router.on(ENDPOINTS.blockedUsers, ({ caller, query }) => privacy.blocked(caller.userId, query));
  router.on(ENDPOINTS.blockUser, ({ caller, params }) =>
    privacy.block(caller.userId, params.user_id),
  );
  router.on(ENDPOINTS.unblockUser, ({ caller, params }) =>
    privacy.unblock(caller.userId, params.user_id),
  );
  router.on(ENDPOINTS.getPrivacy, ({ caller }) => privacy.settings(caller.userId));
  router.on(ENDPOINTS.updatePrivacy, ({ caller, body }) =>
    privacy.setSettings(caller.userId, body),
  );
}
