import type { EventBody } from '@confab/protocol';
import { frame } from '../lib/frame';

/**
 * The first frame. Its revisions are put in as text: an object with thousands of chat ids for keys
 * takes longer to build than everything else about a connection.
 */
export function readyFrame(
  about: Omit<EventBody<'ready'>, 'chats'>,
  chatIds: readonly number[],
  revOf: (chatId: number) => number,
): string {
  const withoutRevs = frame('ready', { ...about, chats: {} });
  const revs = chatIds.map((chatId) => `"${chatId}":${revOf(chatId)}`);
  return `${withoutRevs.slice(0, -'}}'.length)}${revs.join(',')}}}`;
}
