export { NotificationExpiry } from './expiry';
export { NotificationExport } from './export';
export { NotificationFollower } from './follower';
export { People } from './people';
export { NotificationReader } from './reader';
export { NotificationRepository } from './repository';
export { notificationRoutes } from './routes';
export { NotificationService } from './service';
export { Silences } from './silences';
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
