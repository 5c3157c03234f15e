/** What of a service worker's surroundings is used here: the types of pages do not have it. */

export interface LastingEvent extends Event {
  /** Keeps the worker alive until then. */
  waitUntil(done: Promise<unknown>): void;
}

export interface FetchEvent extends LastingEvent {
  readonly request: Request;
  /** The page that asks; empty when the answer becomes a page. */
  readonly clientId: string;
  respondWith(answer: Promise<Response>): void;
}

export interface PushEvent extends LastingEvent {
  readonly data: { text(): string } | null;
}

export interface ClickEvent extends LastingEvent {
  readonly notification: Notification;
}

export interface WorkerMessage extends LastingEvent {
  readonly data: unknown;
}

/** A page of the app. */
export interface Window {
  readonly url: string;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<Window>;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

interface Events {
  install: LastingEvent;
  activate: LastingEvent;
  fetch: FetchEvent;
  push: PushEvent;
  notificationclick: ClickEvent;
  message: WorkerMessage;
}

export interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly location: Location;
  readonly navigator: Navigator;
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<Window | undefined>;
    matchAll(of: { type: 'window'; includeUncontrolled: boolean }): Promise<Window[]>;
    openWindow(url: string): Promise<Window | null>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<T extends keyof Events>(type: T, listener: (event: Events[T]) => void): void;
}

export const scope = self as unknown as WorkerScope;
