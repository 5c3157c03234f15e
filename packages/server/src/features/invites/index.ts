export { InviteRepository } from './repository';
export { inviteRoutes } from './routes';
export { InviteService } from './service';
export { inviteWrites } from './writes';
