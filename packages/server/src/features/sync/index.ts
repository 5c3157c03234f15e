import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { CommandHandlers } from '../../realtime/commands';
import type { Connection } from '../../realtime/connection';
import type { Turns } from '../../realtime/turns';
import type { SyncService } from './service';

export { SyncService } from './service';

export function syncRoutes(router: Router, sync: SyncService): void {
  router.on(ENDPOINTS.sync, ({ caller, body }) => sync.sync(caller.userId, body, true));
}

export function syncCommands(sync: SyncService, turns: Turns<Connection>) {
  return {
    sync: (connection, command) =>
      turns.take(connection, () => sync.sync(connection.userId, command, !connection.confirms)),
  } satisfies CommandHandlers;
}
