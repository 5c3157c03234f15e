import { ENDPOINTS } from '@confab/protocol';
import { Other, type Router } from '../../http/contract';
import type { ScheduledService } from './service';

/** Bound before the messages' own routes: `scheduled` is a word there, not a chat's id. */
export function scheduledRoutes(router: Router, scheduled: ScheduledService): void {
  router.on(ENDPOINTS.scheduleMessage, async ({ caller, body }) => {
    const { scheduled: made, isNew } = await scheduled.schedule(caller.userId, body);
    return isNew ? made : new Other(made);
  });
  router.on(ENDPOINTS.listScheduled, ({ caller, query }) => scheduled.list(caller.userId, query));
  router.on(ENDPOINTS.updateScheduled, ({ caller, params, body }) =>
    scheduled.change(caller.userId, params.scheduled_id, body),
  );
  router.on(ENDPOINTS.cancelScheduled, ({ caller, params }) =>
    scheduled.cancel(caller.userId, params.scheduled_id),
  );
}
