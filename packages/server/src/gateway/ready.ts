import type { EventBody } from '@confab/protocol';
import { frame } from '../lib/frame';

/**
 * The first frame. Its revisions are put in as text: an object with thousands of chat ids for keys
 * takes longer to build than everything else about a connection.
 */
export function readyFrame(
  about: Omit<EventBody<'ready'>, 'chats'>,
  revs: Iterable<readonly [chatId: number, rev: number]>,
): string {
  const withoutRevs = frame('ready', { ...about, chats: {} });
  const texts: string[] = [];
  for (const [chatId, rev] of revs) texts.push(`"${chatId}":${rev}`);
  return `${withoutRevs.slice(0, -'}}'.length)}${texts.join(',')}}}`;
}
