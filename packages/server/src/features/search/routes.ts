import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { SearchService } from './service';

export function searchRoutes(router: Router, search: SearchService): void {
  router.on(ENDPOINTS.searchMessages, ({ caller, query }) => search.search(caller.userId, query));
}
