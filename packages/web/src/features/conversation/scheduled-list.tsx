import type { ScheduledMessage } from '@confab/protocol';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button, IconButton } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { attempt } from '../../ui/faults';
import { TextField } from '../../ui/field';
import { Clock, Pencil, SendHorizontal, Trash2 } from '../../ui/icons';
import { loadScheduled, useScheduled } from './scheduled';
import { kindText } from './summaries';

/** What the user scheduled in a chat: to be changed, sent at once or cancelled. */
export function ScheduledList({ chat }: { chat: Chat }) {
  const { items, hasFailed } = useScheduled(chat.id);
  if (items === null && hasFailed) {
    return (
      <Empty icon={Clock} title={t('common.networkError')}>
        <Button onClick={() => void loadScheduled()}>{t('common.retry')}</Button>
      </Empty>
    );
  }
  if (items === null) return <Loading />;
  if (items.length === 0) return <Empty icon={Clock} title={t('conversation.nothingScheduled')} />;
  return (
    <ul class="scheduled-list">
      {items.map((item) => (
        <li key={item.id}>
          <Item item={item} />
        </li>
      ))}
    </ul>
  );
}

function Item({ item }: { item: ScheduledMessage }) {
  const [isEdited, setEdited] = useState(false);
  if (isEdited) return <EditForm item={item} onDone={() => setEdited(false)} />;
  const { api } = session.client;
  const now = () => api.updateScheduled(item.id, { send_at: new Date().toISOString() });
  return (
    <div class="scheduled-item">
      <div class="scheduled-text">
        <p>{item.content || kindText(item.content_type)}</p>
        <time class="quiet small">{momentOf(item.send_at)}</time>
        {item.failure && (
          <p class="field-error">{t('conversation.notSent', { reason: item.failure.detail })}</p>
        )}
      </div>
      <IconButton
        icon={SendHorizontal}
        label={t('conversation.sendNow')}
        onClick={() => void attempt(now)}
      />
      <IconButton icon={Pencil} label={t('common.edit')} onClick={() => setEdited(true)} />
      <IconButton
        icon={Trash2}
        label={t('conversation.cancelScheduled')}
        onClick={() => void attempt(() => api.cancelScheduled(item.id))}
      />
    </div>
  );
}

/** A moment as the field has it, by the clock here. */
function localValue(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function EditForm({ item, onDone }: { item: ScheduledMessage; onDone: () => void }) {
  const [content, setContent] = useState(item.content);
  const [at, setAt] = useState(localValue(item.send_at));
  const [isBusy, setBusy] = useState(false);
  const moment = new Date(at);
  const isWhole =
    !Number.isNaN(moment.getTime()) && (content.trim() !== '' || item.media_ids.length > 0);
  const save = async (event: Event) => {
    event.preventDefault();
    if (!isWhole) return;
    setBusy(true);
    const changes = { content, send_at: moment.toISOString() };
    const isSaved = await attempt(() => session.client.api.updateScheduled(item.id, changes));
    setBusy(false);
    if (isSaved) onDone();
  };
  return (
    <form class="stack scheduled-edit" onSubmit={(event) => void save(event)}>
      <textarea
        class="input"
        rows={3}
        value={content}
        aria-label={t('conversation.message')}
        onInput={(event) => setContent(event.currentTarget.value)}
      />
      <TextField
        type="datetime-local"
        label={t('conversation.sendAt')}
        value={at}
        onInput={setAt}
        required
      />
      <div class="row">
        <span class="spacer" />
        <Button onClick={onDone}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={isBusy} disabled={!isWhole}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
