import { go } from '../../app/router';
import { session } from '../../state/session';
import type { Chat, ChatId, UserId } from '../../state/types';
import { attempt } from '../../ui/faults';
import { memberChanges } from '../encryption/encrypted-chats';

/** Chats that the user just leaves or deletes: they know that they are no longer in them. */
const leaving = new Set<ChatId>();

export const isLeaving = (chatId: ChatId): boolean => leaving.has(chatId);

/** Shows whatever the end of a chat brings as the user's own doing, and goes home if it is open. */
async function depart(chatId: ChatId, run: () => Promise<unknown>): Promise<void> {
  leaving.add(chatId);
  if (await attempt(run)) go({ name: 'home' }, { replace: true });
  else leaving.delete(chatId);
}

export const leaveGroup = ({ id }: Chat): Promise<void> =>
  depart(id, async () => (await memberChanges(id)).leave());

export const deleteGroup = ({ id }: Chat): Promise<void> =>
  depart(id, () => session.client.api.deleteChat(id));

/** @param until null: for good */
export const mute = ({ id }: Chat, until: Date | null): Promise<boolean> =>
  attempt(() => session.client.mute(id, until ?? undefined));

export const unmute = ({ id }: Chat): Promise<boolean> => attempt(() => session.client.unmute(id));

/** Goes to the direct chat with somebody, which is made if there is none. */
export const openDirect = (userId: UserId): Promise<boolean> =>
  attempt(async () => {
    const chat = await session.client.openDirect(userId);
    go({ name: 'chat', chatId: chat.id });
  });
