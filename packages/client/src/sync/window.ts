import type { Message } from '@confab/protocol';

/** Messages ascending by seq without a hole: the newest part of a chat. */
export type MessageWindow = readonly Message[];

/** Index of the first message whose seq is at least `seq`; the length when there is none. */
function lowerBound(window: MessageWindow, seq: number): number {
  let low = 0;
  let high = window.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function messageAt(window: MessageWindow, seq: number): Message | undefined {
  const message = window[lowerBound(window, seq)];
  return message?.seq === seq ? message : undefined;
}

/** Searches from the newest, as what is asked for is mostly new. */
export function messageById(window: MessageWindow, id: number): Message | undefined {
  for (let i = window.length - 1; i >= 0; i--) if (window[i]?.id === id) return window[i];
  return undefined;
}

/** Puts the next message at the end. Past twice `keep`, only the newest `keep` stay. */
export function append(window: MessageWindow, message: Message, keep: number): MessageWindow {
  const kept = window.length >= 2 * keep ? window.slice(1 - keep) : window;
  return newestRun([...kept, message]);
}

/** Puts a newer version in a held message's place; null when the window does not hold it. */
export function replace(window: MessageWindow, message: Message): MessageWindow | null {
  const index = lowerBound(window, message.seq);
  const held = window[index];
  if (held?.seq !== message.seq) return null;
  const next = window.map((other) => requoted(other, message));
  if (message.rev >= held.rev) next[index] = message;
  return next;
}

/** A reply shows its quote as the quoted message is now, above all when that was deleted. */
function requoted(reply: Message, quoted: Message): Message {
  const quote = reply.reply_to;
  if (!quote || quote.id !== quoted.id) return reply;
  if (quoted.is_deleted) {
    return { ...reply, reply_to: { ...quote, content: '', is_deleted: true } };
  }
  return quoted.is_edited
    ? { ...reply, reply_to: { ...quote, content: quoteOf(quoted.content) } }
    : reply;
}

const QUOTE_CHARACTERS = 200;
const quoteOf = (content: string) => Array.from(content).slice(0, QUOTE_CHARACTERS).join('');

/**
 * Joins a page of history to the window. A page that does not touch it changes nothing, nor do
 * messages past `lastSeq`: those are still to come as news.
 */
export function joinPage(
  window: MessageWindow,
  page: readonly Message[],
  lastSeq: number,
): MessageWindow {
  const older = page.filter((message) => message.seq <= lastSeq);
  const first = window[0]?.seq ?? lastSeq + 1;
  const reaches = older.at(-1);
  if (!reaches || reaches.seq < first - 1) return window;
  const merged = new Map(older.map((message) => [message.seq, message]));
  for (const held of window) {
    if (held.rev >= (merged.get(held.seq)?.rev ?? 0)) merged.set(held.seq, held);
  }
  return newestRun([...merged.values()].sort((a, b) => a.seq - b.seq));
}

/** What comes after the last hole, if there is one. */
export function newestRun(messages: MessageWindow): MessageWindow {
  for (let i = messages.length - 1; i > 0; i--) {
    if ((messages[i - 1]?.seq ?? 0) + 1 !== messages[i]?.seq) return messages.slice(i);
  }
  return messages;
}
