import { ENDPOINTS } from '@confab/protocol';
import { Other, type Router } from '../../http/contract';
import type { ReportService } from './service';

export function reportRoutes(router: Router, reports: ReportService): void {
  router.on(ENDPOINTS.createReport, async ({ caller, body }) => {
    const { report, created } = await reports.create(caller.userId, body);
    return created ? report : new Other(report);
  });
}
