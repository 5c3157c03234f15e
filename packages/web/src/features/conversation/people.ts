import { type Signal, signal } from '@preact/signals';
import { t } from '../../i18n';
import { memberName, userName } from '../../state/names';
import { session } from '../../state/session';
import type { ChatId, ChatMember, Message, UserId } from '../../state/types';

type Person = Pick<ChatMember['user'], 'id' | 'username' | 'full_name' | 'avatar_url'>;

/** People who are in no list of members that is held, such as those who left. */
const others = new Map<UserId, Signal<Person | null>>();

// Who signs in next is not to find them.
session.onClient(() => others.clear());

function ask(userId: UserId): Signal<Person | null> {
  const answer = signal<Person | null>(null);
  others.set(userId, answer);
  session.client.api.user(userId).then(
    (found) => {
      answer.value = found;
    },
    // Whoever cannot be found now may be found when they are shown the next time.
    () => others.delete(userId),
  );
  return answer;
}

/** Somebody who speaks, or spoke, in a chat; undefined until they are known. Follows signals. */
export function personOf(chatId: ChatId, userId: UserId): Person | undefined {
  const member = session.member(chatId, userId);
  if (member) return member.user;
  const peer = session.chat(chatId)?.peer;
  if (peer?.id === userId) return peer;
  if (userId === session.client.userId && session.face.value) return session.face.value;
  return (others.get(userId) ?? ask(userId)).value ?? undefined;
}

/** By their nickname there, else by their name; undefined until they are known. */
function knownNameIn(chatId: ChatId, userId: UserId): string | undefined {
  const member = session.member(chatId, userId);
  if (member) return memberName(member);
  const person = personOf(chatId, userId);
  return person && userName(person);
}

/** What somebody is called in a chat. */
export const nameIn = (chatId: ChatId, userId: UserId): string =>
  knownNameIn(chatId, userId) ?? t('conversation.somebody');

type Sent = Pick<Message, 'chat_id' | 'sender_id' | 'sender_username'>;

/** What the sender of a message is called in its chat. */
export const senderName = ({ chat_id, sender_id, sender_username }: Sent): string =>
  knownNameIn(chat_id, sender_id) ?? sender_username;
