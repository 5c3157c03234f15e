export { ReportRepository } from './repository';
export { reportRoutes } from './routes';
export { ReportService } from './service';
