import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { ExportService } from './export-service';
import type { AccountService } from './service';

export function accountRoutes(
  router: Router,
  accounts: AccountService,
  exports: ExportService,
): void {
  router.on(ENDPOINTS.exportMe, ({ caller }) => exports.export(caller));
  router.on(ENDPOINTS.deleteMe, ({ caller, body, request }) =>
    accounts.delete(caller, body.password, request),
  );
}
