import type { SystemEvent } from '@confab/protocol';
import type { WriteContext } from '../../storage/write';
import type { ChatRow, SystemMessage } from './records';
import { appendSystemMessage, usernameOf } from './write-steps';

/** Appends a system message that says what its actor did. */
export async function tell(
  context: WriteContext,
  chat: ChatRow,
  { actorId, at }: { actorId: number; at: number },
  words: string,
  event: SystemEvent,
): Promise<SystemMessage> {
  const content = `${await usernameOf(context, actorId)} ${words}`;
  return appendSystemMessage(context, chat, { senderId: actorId, content, event, at });
}

/** What is told of an owner whom nobody chose: whoever was it before is gone. */
export const succeeded = (username: string) => `${username} is now the owner`;

export const about = (
  action: SystemEvent['action'],
  userId: number | null,
  value: string | null,
): SystemEvent => ({ action, user_id: userId as SystemEvent['user_id'], value });

const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A time as people say it: the largest unit that gives a whole number. */
export function inWords(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ['second', 1];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function disappearingWords(seconds: number): string {
  return seconds === 0
    ? 'turned disappearing messages off'
    : `made new messages disappear after ${inWords(seconds)}`;
}
