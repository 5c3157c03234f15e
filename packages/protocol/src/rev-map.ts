import { z } from 'zod';
import { LIMITS, Rev } from './common';
import { plainFault } from './plain-faults';

const CHAT_ID = /^[1-9][0-9]{0,15}$/;
const NO_CHAT = 'must be the id of a chat';
const TOO_MANY = `must have at most ${LIMITS.syncChats} entries`;

/** Chat id (as JSON object keys are text) to the chat's revision. */
export const RevMap = z
  .record(z.string().regex(CHAT_ID, NO_CHAT), Rev)
  .describe('Chat id to revision')
  .meta({ examples: [{ '1': 42 }] });

const { $schema, ...described } = z.toJSONSchema(RevMap);

/**
 * The same from a client. Whoever has thousands of chats sends one for each: checked by hand, as a
 * record of schemas takes twenty times as long, and everybody else would wait.
 */
export const SentRevMap = z
  .custom<Record<string, number>>(isObject, 'must be an object')
  .superRefine((value, { addIssue }) => {
    const fault = isObject(value) ? faultOf(value) : undefined;
    if (fault) addIssue({ code: 'custom', input: value, ...fault });
  })
  .meta(described);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first thing that is wrong with it; no entry beyond the limit is looked at. */
function faultOf(value: Record<string, unknown>): { path: string[]; message: string } | undefined {
  let count = 0;
  for (const key in value) {
    if (++count > LIMITS.syncChats) return { path: [], message: TOO_MANY };
    if (!CHAT_ID.test(key)) return { path: [key], message: NO_CHAT };
    const rev = value[key];
    if (!Number.isSafeInteger(rev) || (rev as number) < 0) {
      return { path: [key], message: revFault(rev) };
    }
  }
  return undefined;
}

function revFault(rev: unknown): string {
  const { error } = Rev.safeParse(rev, { error: plainFault });
  return error?.issues[0]?.message ?? 'is not valid';
}
