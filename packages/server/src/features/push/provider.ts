/** What a device is told while its user is not connected. */
export interface PushNotification {
  notificationId: number;
  type: 'message' | 'mention' | 'group_invite';
  title: string;
  /** Empty for encrypted chats: the device is only woken, and decides itself what to show. */
  body: string;
  chatId: number | null;
  messageId: number | null;
  /** Unread notifications of the user, for the app's badge. */
  badge: number;
}

/** A notification on its way. What it says is asked for anew at each attempt, and stored nowhere. */
export type Unworded = Omit<PushNotification, 'title' | 'body'>;

/** What a notification says now; undefined when it was read, deleted or taken back meanwhile. */
export type Worded = (
  userId: number,
  notification: Unworded,
) => Promise<PushNotification | undefined>;

interface SignedIn {
  readonly userId: number;
  readonly sessionId: number;
}

/** A phone, or a browser, that registered a token with Firebase. */
export interface FirebaseDevice extends SignedIn {
  readonly kind: 'firebase';
  readonly token: string;
  readonly platform: string | null;
}

/** A browser's push subscription (RFC 8030). */
export interface WebPushDevice extends SignedIn {
  readonly kind: 'web_push';
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

export type Device = FirebaseDevice | WebPushDevice;
export type DeviceKind = Device['kind'];

/** What became of one attempt. `why` is in plain words, our own: operators and users read it. */
export type Delivery =
  | { readonly kind: 'delivered'; readonly why: string }
  /** The provider does not know the device any more: it is to be removed. */
  | { readonly kind: 'gone'; readonly why: string }
  /** It may work later, at the earliest after `retryAfterMs`. */
  | { readonly kind: 'try_again'; readonly why: string; readonly retryAfterMs?: number | undefined }
  /** It will not work until somebody mends something. */
  | { readonly kind: 'refused'; readonly why: string };

/** A way to reach devices of one kind. Another one joins by implementing these two methods. */
export interface PushProvider<D extends Device> {
  /** One attempt. Never rejects for what the provider or the network does. */
  send(device: D, notification: PushNotification): Promise<Delivery>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/** One for each kind of device; undefined where it is not set up. */
export interface Providers {
  readonly firebase: PushProvider<FirebaseDevice> | undefined;
  readonly web_push: PushProvider<WebPushDevice> | undefined;
}

export function isServed(providers: Providers, kind: DeviceKind): boolean {
  return providers[kind] !== undefined;
}

export async function deliver(
  providers: Providers,
  device: Device,
  notification: PushNotification,
): Promise<Delivery> {
  switch (device.kind) {
    case 'firebase':
      return providers.firebase?.send(device, notification) ?? notSetUp(device.kind);
    case 'web_push':
      return providers.web_push?.send(device, notification) ?? notSetUp(device.kind);
  }
}

export function notSetUp(kind: DeviceKind): Delivery {
  const name = { firebase: 'Firebase', web_push: 'Web Push' }[kind];
  return { kind: 'refused', why: `${name} is not set up on this server.` };
}
