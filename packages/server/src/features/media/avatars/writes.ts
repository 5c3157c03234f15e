import { mustBeActive } from '../../../storage/active-account';
import { keepFiles } from '../../../storage/doomed-files';
import { defineWrite, type WriteContext } from '../../../storage/write';
import { type ChatChanges, updateChat } from '../../chats/writes';
import { updateProfile } from '../../users/writes';

export interface Picture {
  url: string;
  largeKey: string;
  smallKey: string;
  at: number;
}

/** The old one is doomed by whatever changes `avatar_url`. */
async function insertAvatar(
  context: WriteContext,
  owner: 'user' | 'chat',
  ownerId: number,
  { largeKey, smallKey }: Picture,
) {
  await context.db
    .insertInto('avatars')
    .values({ owner, owner_id: ownerId, large_key: largeKey, small_key: smallKey })
    .execute();
}

export const setUserAvatar = defineWrite<Picture & { userId: number }, null>(
  'media.user_avatar',
  async (context, input) => {
    await keepFiles(context, [input.largeKey, input.smallKey], input.at);
    await mustBeActive(context, input.userId);
    await updateProfile.run(context, { userId: input.userId, fields: { avatar_url: input.url } });
    await insertAvatar(context, 'user', input.userId, input);
    return null;
  },
);

export const setChatAvatar = defineWrite<
  Picture & { chatId: number; actorId: number },
  ChatChanges
>('media.chat_avatar', async (context, { url, ...input }) => {
  await keepFiles(context, [input.largeKey, input.smallKey], input.at);
  const { chatId, actorId, at } = input;
  await mustBeActive(context, actorId);
  const changes = await updateChat.run(context, {
    chatId,
    actorId,
    at,
    fields: { avatar_url: url },
  });
  await insertAvatar(context, 'chat', chatId, { ...input, url });
  return changes;
});

export const avatarWrites = [setUserAvatar, setChatAvatar];
