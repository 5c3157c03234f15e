import { fold } from './fold';
import { gramsOf } from './grams';
import type { Indexed, StepLimits } from './index-writes';

export interface Unindexed {
  id: number;
  chat_id: number;
  seq: number;
  content: string;
  content_type: string;
  is_deleted: number;
}

export const isSearchable = (row: Pick<Unindexed, 'content_type' | 'is_deleted' | 'content'>) =>
  row.is_deleted === 0 && row.content_type !== 'system' && row.content !== '';

export const gramsOfContent = (content: string): Set<string> => gramsOf(fold(content));

/** As many rows as fit into a step's text, one at least. */
export function fitting<T extends { content: string }>(rows: readonly T[], text: number): T[] {
  let left = text;
  const end = rows.findIndex((row, i) => {
    left -= row.content.length;
    return i > 0 && left < 0;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}

/** What is left of a step for further chats. */
export class Allowance {
  #messages: number;
  #text: number;

  constructor({ messages, text }: StepLimits) {
    this.#messages = messages;
    this.#text = text;
  }

  get isSpent(): boolean {
    return this.#messages <= 0 || this.#text <= 0;
  }

  get messages(): number {
    return this.#messages;
  }

  /** The rows of these that there is room for. */
  take<T extends { content: string }>(rows: readonly T[]): T[] {
    const taken = fitting(rows, this.#text);
    this.#messages -= taken.length;
    this.#text -= taken.reduce((sum, row) => sum + row.content.length, 0);
    return taken;
  }
}

/** How far a chat's index comes with a step. */
export interface ChatStep {
  chatId: number;
  seq: number;
  rows: Unindexed[];
  isBehind: boolean;
}

/** @param asked rows that were asked for; fewer came if there are no more */
export function stepOf(
  chat: { id: number; last_seq: number },
  asked: number,
  rows: readonly Unindexed[],
  allowance: Allowance,
): ChatStep {
  const taken = allowance.take(rows);
  const isBehind = taken.length < rows.length || rows.length === asked;
  // Places whose messages were erased are passed over.
  const seq = isBehind ? (taken.at(-1)?.seq ?? 0) : Math.max(chat.last_seq, taken.at(-1)?.seq ?? 0);
  return { chatId: chat.id, seq, rows: taken.filter(isSearchable), isBehind };
}

export const indexed = (steps: readonly ChatStep[], skipped: readonly number[]): Indexed => ({
  behind: [...steps.filter((step) => step.isBehind).map((step) => step.chatId), ...skipped],
  messages: steps.reduce((sum, step) => sum + step.rows.length, 0),
});
