import { createInterface } from 'node:readline';
import type { ChatApp } from './chat-app';
import { openFirst } from './obey';

export interface PipedContext {
  readonly app: ChatApp;
  readonly input: NodeJS.ReadableStream;
  /** The chat to open first, if any. */
  readonly chat: string | undefined;
  readonly encrypted: string | undefined;
}

/** Obeys lines one after the other. At their end it stays until everything was sent. */
export async function runPiped({ app, input, ...first }: PipedContext): Promise<void> {
  await openFirst(app, first);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (await app.enter(line)) return;
  }
  await app.client.allSent();
}
