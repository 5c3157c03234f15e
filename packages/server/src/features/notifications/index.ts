export { NotificationFollower } from './follower';
export { People } from './people';
export { NotificationRepository } from './repository';
export { retell } from './retell';
export { notificationRoutes } from './routes';
export { NotificationService } from './service';
export { type Push, Teller } from './teller';
export { ChatVisitor } from './visitor';
export { notificationWrites, notifyMentions, notifyMessages } from './writes';
