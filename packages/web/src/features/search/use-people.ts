import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { ChatId, UserId } from '../../state/types';

interface Person {
  readonly id: UserId;
  readonly name: string;
}

const PAGE = 100;

async function membersOf(chatId: ChatId): Promise<Person[]> {
  const { items } = await session.client.api.members(chatId, { limit: PAGE });
  return items.map(({ user }) => ({ id: user.id, name: userName(user) }));
}

/** Those with whom there is a direct chat. */
function acquaintances(): Person[] {
  const peers = session.chats().flatMap(({ peer }) => (peer ? [peer] : []));
  return peers.map((peer) => ({ id: peer.id, name: userName(peer) }));
}

async function named(id: UserId): Promise<Person> {
  return { id, name: userName(await session.client.api.user(id)) };
}

/** Whose messages can be searched for, oneself first: the members of a chat, else people one talks with. */
export function usePeople(chatId: ChatId | undefined, chosen: UserId | undefined): Person[] {
  const [members, setMembers] = useState<readonly Person[]>([]);
  const [other, setOther] = useState<Person | null>(null);
  const own = { id: session.client.userId, name: t('common.you') };
  const known = [...(chatId === undefined ? acquaintances() : members)];
  const isKnown =
    chosen === undefined || chosen === own.id || known.some(({ id }) => id === chosen);

  useEffect(() => {
    let isGone = false;
    setMembers([]);
    if (chatId !== undefined) {
      membersOf(chatId).then(
        (found) => isGone || setMembers(found),
        () => {},
      );
    }
    return () => {
      isGone = true;
    };
  }, [chatId]);
  useEffect(() => {
    if (isKnown) return;
    named(chosen).then(setOther, () => {});
  }, [chosen, isKnown]);

  const others = known.filter(({ id }) => id !== own.id);
  const missing = !isKnown && other?.id === chosen ? [other] : [];
  return [own, ...missing, ...others.sort((a, b) => a.name.localeCompare(b.name))];
}
