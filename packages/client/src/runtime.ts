import { type UploadCall, uploadByXhr } from './media/sending';

/** The part of the WebSocket interface that the SDK uses. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Stops a timer; harmless once it has run. */
export type Cancel = () => void;

/**
 * Everything the SDK takes from its surroundings: time, chance and the network. Pass your own
 * parts to run it against a fake clock, or where the globals are missing.
 */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs the callback once, after `ms` milliseconds. */
  setTimer(callback: () => void, ms: number): Cancel;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** A random UUID of version 4. */
  uuid(): string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** As `fetch`, and tells how many bytes of the body have gone so far. Where it is missing, `fetch` does. */
  readonly upload?: UploadCall;
  openSocket(url: string, protocols: string[]): Socket;
  /** Calls back whenever the machine's network comes up; answers how to stop that. */
  onNetworkUp(callback: () => void): Cancel;
}

/** The runtime made of the globals of browsers, Bun and Node 22 or newer. */
export function webRuntime(): Runtime {
  return {
    now: Date.now,
    setTimer: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    uuid: randomUuid,
    fetch: (url, init) => fetch(url, init),
    ...(typeof XMLHttpRequest === 'function' ? { upload: uploadByXhr } : {}),
    openSocket: (url, protocols) => new WebSocket(url, protocols) as Socket,
    onNetworkUp,
  };
}

/** Waits for something to be done, but no longer than this, in milliseconds. */
export async function within(
  runtime: Pick<Runtime, 'setTimer'>,
  ms: number,
  done: Promise<void>,
): Promise<void> {
  let cancel: Cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = runtime.setTimer(resolve, ms);
  });
  await Promise.race([done, late]);
  cancel();
}

/** `crypto.randomUUID` is missing on pages that came over plain HTTP; `getRandomValues` is not. */
export function randomUuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return uuidFrom(crypto.getRandomValues(new Uint8Array(16)));
}

/** A UUID of version 4 (RFC 9562) made of 16 random bytes. */
export function uuidFrom(random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function onNetworkUp(callback: () => void): Cancel {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener('online', callback);
  return () => globalThis.removeEventListener('online', callback);
}
