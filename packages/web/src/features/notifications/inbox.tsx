import { useEffect, useState } from 'preact/hooks';
import { BackButton } from '../../app/back-button';
import { hrefOf } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { Button, IconButton } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { Bell, CheckCheck, Settings, TriangleAlert } from '../../ui/icons';
import { More } from '../../ui/more';
import { Tabs } from '../../ui/tabs';
import { unreadNotifications } from './counts';
import { InboxRow } from './inbox-row';
import { PushHint } from './push-hint';
import { FILTERS, type Filter, useInbox } from './use-inbox';

/** What the user was notified of, the newest first. */
export function Inbox() {
  const [filter, setFilter] = useState<Filter>('all');
  const { inbox, more, again, read, readAll } = useInbox(filter);
  useEffect(() => setTitle(t('notifications.title')), []);
  return (
    <section class="pane" aria-labelledby="inbox-title">
      <header class="bar">
        <BackButton class="back" />
        <h1 id="inbox-title">{t('notifications.title')}</h1>
        <IconButton
          icon={CheckCheck}
          label={t('notifications.readAll')}
          disabled={unreadNotifications.value === 0}
          onClick={() => void readAll()}
        />
        <a
          class="icon-button"
          href={hrefOf({ name: 'settings', page: 'notifications' })}
          aria-label={t('notifications.settings')}
          title={t('notifications.settings')}
        >
          <Settings size={20} aria-hidden="true" />
        </a>
      </header>
      <Tabs
        label={t('notifications.filter')}
        of={FILTERS.map((id) => ({ id, text: t(`notifications.${id}`) }))}
        chosen={filter}
        onChoose={setFilter}
        panel="inbox-list"
      />
      <div class="scroll" id="inbox-list" role="tabpanel" aria-label={t(`notifications.${filter}`)}>
        <PushHint />
        {inbox.status === 'failed' && inbox.items.length === 0 && <Failed again={again} />}
        {inbox.status === 'loading' && <Loading />}
        {inbox.status === 'ready' && inbox.items.length === 0 && <None filter={filter} />}
        <ul class="inbox">
          {inbox.items.map((each) => (
            <InboxRow key={each.id} notification={each} onRead={read} />
          ))}
        </ul>
        {inbox.cursor !== null && <More onMore={more} hasFailed={inbox.status === 'failed'} />}
      </div>
    </section>
  );
}

function None({ filter }: { filter: Filter }) {
  return (
    <Empty
      icon={Bell}
      title={t(filter === 'unread' ? 'notifications.allRead' : 'notifications.none')}
    >
      <p>{t('notifications.noneHint')}</p>
    </Empty>
  );
}

function Failed({ again }: { again: () => void }) {
  return (
    <Empty icon={TriangleAlert} title={t('common.networkError')}>
      <Button onClick={again}>{t('common.retry')}</Button>
    </Empty>
  );
}
