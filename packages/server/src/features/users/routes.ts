import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { UserService } from './service';

export function userRoutes(router: Router, users: UserService): void {
  router.on(ENDPOINTS.me, ({ caller }) => users.me(caller.userId));
  router.on(ENDPOINTS.updateMe, ({ caller, body }) => users.updateMe(caller.userId, body));
  router.on(ENDPOINTS.searchUsers, ({ caller, query }) => users.search(caller.userId, query));
  router.on(ENDPOINTS.getUser, ({ caller, params }) => users.get(caller.userId, params.user_id));
}
