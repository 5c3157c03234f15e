export { NotificationExpiry } from './expiry';
export { NotificationFollower } from './follower';
export { People } from './people';
export { NotificationRepository } from './repository';
export { notificationRoutes } from './routes';
export { NotificationService } from './service';
export { type Push, Teller } from './teller';
export { ChatVisitor, STALE_MS } from './visitor';
export { wordedNow } from './worded';
export {
  dropUntold,
  notificationWrites,
  notifyMentions,
  notifyMessages,
  passOver,
} from './writes';
