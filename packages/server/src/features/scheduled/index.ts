export { ScheduledRepository } from './repository';
export { scheduledRoutes } from './routes';
export { ScheduledSender } from './sender';
export { ScheduledService } from './service';
export { scheduledWrites } from './writes';
