import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { momentOf, shortTimeOf } from '../../i18n/dates';
import { chatFace, chatName } from '../../state/names';
import { session } from '../../state/session';
import type { SearchHit } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { faultText } from '../../ui/faults';
import { Lock, Search, TriangleAlert } from '../../ui/icons';
import { More } from '../../ui/more';
import { senderName } from '../conversation/people';
import { Snippet } from './snippet';
import type { useSearch } from './use-search';

interface HitsProps {
  search: ReturnType<typeof useSearch>;
  /** Within a chat its name need not stand at each of its messages. */
  withChats: boolean;
}

/** What was found, or why nothing was. */
export function Hits({ search: { found, more, again }, withChats }: HitsProps) {
  const { hits, status, cursor } = found;
  if (status === 'idle') return <Hint />;
  if (status === 'failed' && hits.length === 0) return <Failed fault={found.fault} again={again} />;
  if (status === 'loading' && hits.length === 0) return <Loading />;
  return (
    <div aria-busy={status === 'loading'} class="hits">
      <p class="unseen" role="status">
        {status === 'ready' && t('search.found', { count: hits.length })}
      </p>
      {hits.length === 0 && <None />}
      <ul>
        {hits.map((hit) => (
          <li key={hit.id}>
            <Hit hit={hit} withChats={withChats} />
          </li>
        ))}
      </ul>
      {cursor !== null && <More onMore={more} hasFailed={status === 'failed'} />}
      <NotSearched count={found.encryptedChats} />
    </div>
  );
}

function Hit({ hit, withChats }: { hit: SearchHit; withChats: boolean }) {
  const chat = session.chat(hit.chat_id);
  const name = chat ? chatName(chat) : hit.sender_username;
  const isOwn = hit.sender_id === session.client.userId;
  const sender = isOwn ? t('common.you') : senderName(hit);
  // In a direct chat it is the other one, unless it is oneself.
  const isTold = chat?.chat_type === 'group' || (isOwn && chat?.peer?.id !== hit.sender_id);
  return (
    <a class="list-row" href={hrefOf({ name: 'chat', chatId: hit.chat_id, messageId: hit.id })}>
      {withChats && (
        <Avatar of={chat ? chatFace(chat) : { id: hit.chat_id, avatar_url: null }} name={name} />
      )}
      <span class="list-row-text">
        <span class="row">
          <strong class="ellipsis spacer">
            {withChats ? name : sender}
            {withChats && isTold && <span class="quiet hit-sender"> · {sender}</span>}
          </strong>
          <time class="quiet small" dateTime={hit.created_at} title={momentOf(hit.created_at)}>
            {shortTimeOf(hit.created_at)}
          </time>
        </span>
        <Snippet text={hit.snippet} ranges={hit.highlights} />
      </span>
    </a>
  );
}

function Hint() {
  return (
    <Empty icon={Search} title={t('search.hintTitle')}>
      <p>{t('search.hint')}</p>
    </Empty>
  );
}

function None() {
  return (
    <Empty icon={Search} title={t('search.none')}>
      <p>{t('search.noneHint')}</p>
    </Empty>
  );
}

function Failed({ fault, again }: { fault: unknown; again: () => void }) {
  return (
    <Empty icon={TriangleAlert} title={faultText(fault)}>
      <Button onClick={again}>{t('common.retry')}</Button>
    </Empty>
  );
}

function NotSearched({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <p class="banner banner-info">
      <Lock size={18} aria-hidden="true" />
      {t('search.encrypted', { count })}
    </p>
  );
}
