import type { Encryption } from '@confab/client/e2ee';
import type { Message } from '../../state/types';

const waiting = new Map<number, Message>();
/** Versions of messages that were given once: the encryption itself tries them again. */
const given = new WeakMap<Encryption, Set<string>>();

/**
 * Has a message opened that is shown and came by no event: a page of history from before this browser
 * was let in, a hit of a search. All that are rendered at once are opened together.
 */
export function openSoon(made: Encryption, message: Message): void {
  const known = given.get(made) ?? new Set();
  given.set(made, known);
  const version = message.envelope?.s;
  if (version === undefined || known.has(version)) return;
  known.add(version);
  waiting.set(message.id, message);
  if (waiting.size > 1) return;
  queueMicrotask(() => {
    const messages = [...waiting.values()];
    waiting.clear();
    // What fails for want of a network is given again when it comes back.
    made.take(messages).catch(() => {
      for (const one of messages) if (one.envelope) known.delete(one.envelope.s);
    });
  });
}
