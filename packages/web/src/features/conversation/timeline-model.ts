import { joinPage, type MessageWindow, replace } from '@confab/client/window';
import type { Message, MessageId } from '../../state/types';

/** The part of a chat that is loaded: somewhere in its history, or its newest messages. */
export interface Timeline {
  /** Ascending by seq, without a hole. */
  readonly messages: MessageWindow;
  /** Whether the chat has older ones. */
  readonly hasOlder: boolean;
  /** Whether nothing lies between its end and what comes new. */
  readonly isLive: boolean;
}

/** As much as this lies in memory, and as much of it stays when it is more. */
export const MOST = 3_000;
export const KEPT = 2_000;

interface Page {
  readonly items: readonly Message[];
  readonly next_before: MessageId | null;
  readonly next_after: MessageId | null;
}

/** The newest messages, as the SDK holds them. */
export function newest(live: MessageWindow, lastSeq: number): Timeline {
  return { messages: live, hasOlder: (live[0]?.seq ?? lastSeq + 1) > 1, isLive: true };
}

/** A page from anywhere in the history. */
export function startingAt({ items, next_before, next_after }: Page): Timeline {
  return { messages: items, hasOlder: next_before !== null, isLive: next_after === null };
}

export function withOlder(timeline: Timeline, page: Page): Timeline {
  const messages = joinPage(timeline.messages, page.items, Number.POSITIVE_INFINITY);
  return { ...timeline, messages, hasOlder: page.next_before !== null };
}

export function withNewer(timeline: Timeline, page: Page): Timeline {
  const messages = joinPage(timeline.messages, page.items, Number.POSITIVE_INFINITY);
  return { ...timeline, messages, isLive: page.next_after === null };
}

/**
 * Takes in what the SDK holds now. If that lies beyond what is loaded, the live end starts afresh
 * from it; a part of the history that somebody reads stays.
 */
export function withLive(timeline: Timeline, live: MessageWindow): Timeline {
  const { messages, isLive } = timeline;
  if (live.length === 0) return timeline;
  const touches = (messages.at(-1)?.seq ?? 0) >= (live[0]?.seq ?? 0) - 1;
  if (!touches) return isLive ? newest(live, live.at(-1)?.seq ?? 0) : timeline;
  const joined = joinPage(live, messages, Number.POSITIVE_INFINITY);
  return { ...timeline, messages: joined, isLive: true };
}

/** A newer version of one of its messages. */
export function withMessage(timeline: Timeline, message: Message): Timeline {
  const messages = replace(timeline.messages, message);
  return messages ? { ...timeline, messages } : timeline;
}

/** Forgets what lies far from where somebody reads, so that a long walk does not fill the memory. */
export function trimmed(timeline: Timeline, keep: 'oldest' | 'newest'): Timeline {
  const { messages } = timeline;
  if (messages.length <= MOST) return timeline;
  return keep === 'oldest'
    ? { ...timeline, messages: messages.slice(0, KEPT), isLive: false }
    : { ...timeline, messages: messages.slice(-KEPT), hasOlder: true };
}
