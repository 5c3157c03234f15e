export type { PushNotification } from './provider';
