import type { LocalHit } from '@confab/client/e2ee';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { ChatId, MessageId, UserId } from '../../state/types';
import { faultText } from '../../ui/faults';
import { Lock } from '../../ui/icons';
import { Snippet } from '../search/snippet';
import { encryptionState } from './encryption';
import { searchEncrypted } from './local-search';
import { matches } from './matches';
import { nameOf } from './people';
import { useFound } from './use-found';

interface LocalHitsProps {
  words: string;
  /** Of this chat alone. */
  chatId?: ChatId | undefined;
}

/** What was found in encrypted chats, among the messages that were opened in this browser. */
export function LocalHits({ words, chatId }: LocalHitsProps) {
  const found = useFound(
    () => searchEncrypted(words, chatId),
    [words, chatId, encryptionState.value],
  );
  if (words.trim() === '') return null;
  if (found.state === 'waiting') return null;
  if (found.state === 'failed')
    return <p class="list-note field-error">{faultText(found.fault)}</p>;
  if (found.value.length === 0) {
    return chatId === undefined ? null : <p class="list-note quiet">{t('encryption.noHits')}</p>;
  }
  return (
    <section class="hits" aria-label={t('encryption.hits')}>
      <h2 class="list-heading row">
        <Lock size={14} aria-hidden="true" />
        {t('encryption.hits')}
      </h2>
      <ul>
        {found.value.map((hit) => (
          <li key={hit.message_id}>
            <Hit hit={hit} words={words} withChat={chatId === undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface HitProps {
  hit: LocalHit;
  words: string;
  withChat: boolean;
}

function Hit({ hit, words, withChat }: HitProps) {
  const [chatId, messageId] = [hit.chat_id as ChatId, hit.message_id as MessageId];
  const chat = session.chat(chatId);
  const sender = senderOf(hit.sender_id as UserId);
  return (
    <a class="list-row" href={hrefOf({ name: 'chat', chatId, messageId })}>
      <span class="list-row-text">
        <strong class="ellipsis">{withChat && chat ? chatName(chat) : sender}</strong>
        <Snippet text={hit.text} ranges={matches(hit.text, words)} />
      </span>
    </a>
  );
}

const senderOf = (userId: UserId): string =>
  userId === session.client.userId ? t('common.you') : nameOf(userId);
