import type { ChatId, MessagePage } from '@confab/protocol';
import type { Core } from './core';
import type { Api, HistoryQuery } from './rest/api';

/** How often a page of history is asked for anew when the chat changed meanwhile. */
const PAGE_TRIES = 3;

/** A page of messages; what touches the messages held is kept with them. */
export async function history(
  core: Pick<Core, 'table' | 'cipher'>,
  api: Pick<Api, 'messages'>,
  chatId: ChatId,
  query: HistoryQuery,
): Promise<MessagePage> {
  for (let tries = 1; ; tries++) {
    const rev = core.table.get(chatId)?.chat.rev ?? 0;
    const page = await api.messages(chatId, query);
    const changed = (core.table.get(chatId)?.outsideRev ?? 0) > rev;
    // A message may have changed after the page was made and before it came.
    if (changed && tries < PAGE_TRIES) continue;
    core.table.mergeHistory(chatId, page.items);
    await core.cipher?.take(page.items);
    return page;
  }
}
