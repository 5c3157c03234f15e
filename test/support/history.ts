import type { Message, MessagePage } from '@confab/protocol';
import type { TestUser } from '../../packages/server/src/testing/user';

/** All messages of a chat, in order. */
export async function history(user: TestUser, chatId: number): Promise<Message[]> {
  const found: Message[] = [];
  let before = '';
  for (;;) {
    const path = `/api/messages/${chatId}?limit=100${before}`;
    const page = await user.must<MessagePage>('GET', path);
    found.unshift(...page.items);
    if (page.next_before === null) return found;
    before = `&before=${page.next_before}`;
  }
}
