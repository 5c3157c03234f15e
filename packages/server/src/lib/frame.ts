import type { EventBody, EventType } from '@confab/protocol';

/** Encodes a server → client frame, once for all who receive it. */
export function frame<T extends EventType>(type: T, body: EventBody<T>): string {
  return JSON.stringify({ type, ...body });
}
