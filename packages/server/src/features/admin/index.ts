export { type DeskTask, OperatorDesk, type VerifyStorage, type WhyNoPush } from './desk';
export { AccountRepository } from './repository';
export { Retention } from './retention';
export { type Administration, adminRoutes } from './routes';
export { AdminService } from './service';
