import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { InviteService } from './service';

export function inviteRoutes(router: Router, invites: InviteService): void {
  router.on(ENDPOINTS.createInvite, ({ caller, params, body }) =>
    invites.create(caller.userId, params.chat_id, body),
  );
  router.on(ENDPOINTS.listInvites, ({ caller, params, query }) =>
    invites.list(caller.userId, params.chat_id, query),
  );
  router.on(ENDPOINTS.revokeInvite, ({ caller, params }) =>
    invites.revoke(caller.userId, params.chat_id, params.code),
  );
  router.on(ENDPOINTS.invitePreview, ({ caller, params }) =>
    invites.preview(caller.userId, params.code),
  );
  router.on(ENDPOINTS.acceptInvite, ({ caller, params }) =>
    invites.accept(caller.userId, params.code),
  );
}
