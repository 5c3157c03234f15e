export { FCM_URL, FirebaseProvider } from './firebase/provider';
export { Journal } from './journal';
export { whyNoPush } from './log';
export type {
  Delivery,
  Device,
  Providers,
  PushNotification,
  PushProvider,
  Unworded,
  Worded,
} from './provider';
export { PushRepository } from './repository';
export { pushRoutes } from './routes';
export { PushService } from './service';
export { PushTester } from './tester';
export { KeptVapidKeys } from './web-push/kept-keys';
export { WebPushProvider } from './web-push/provider';
export { WebPushSubscriptions } from './web-push/subscriptions';
export { type Resolve, systemResolve, Targets } from './web-push/targets';
export { Vapid } from './web-push/vapid';
export { APART, notSent } from './words';
export { pushWrites } from './writes';
