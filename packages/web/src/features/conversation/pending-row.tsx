import type { OutboxEntry } from '@confab/client';
import { t } from '../../i18n';
import { timeOf } from '../../i18n/dates';
import { session } from '../../state/session';
import { Button } from '../../ui/button';
import { attempt, codeText } from '../../ui/faults';
import { FileText } from '../../ui/icons';
import { useConversation } from './conversation-context';
import { Markdown } from './markdown';
import { isOnlyEmoji } from './parts';
import type { Row } from './rows';
import { Ticks } from './ticks';

/** A message of one's own that the server does not have yet. */
export function PendingRow({ row, entry }: { row: Row; entry: OutboxEntry }) {
  const { draft, status } = entry;
  const text = draft.content ?? '';
  const looks = ['bubble', 'bubble-own', isOnlyEmoji(text) ? 'bubble-emoji' : ''];
  return (
    <article
      class={row.endsGroup ? 'message message-own message-last' : 'message message-own'}
      data-row={row.key}
      aria-label={t('conversation.saidBy', { name: t('common.you'), time: timeOf(row.at) })}
    >
      <div class="message-body">
        <div class={looks.filter(Boolean).join(' ')}>
          <PendingContent entry={entry} text={text} />
          <footer class="bubble-meta">
            <time>{timeOf(row.at)}</time>
            <Ticks status={status === 'failed' ? 'failed' : 'pending'} />
          </footer>
        </div>
        {status === 'failed' && <Failed entry={entry} />}
      </div>
    </article>
  );
}

function PendingContent({ entry, text }: { entry: OutboxEntry; text: string }) {
  const { chatId } = useConversation();
  const files = entry.draft.media_ids?.length ?? 0;
  return (
    <>
      {files > 0 && (
        <p class="bubble-placeholder">
          <FileText size={16} aria-hidden="true" />
          {t('conversation.files', { count: files })}
        </p>
      )}
      {text !== '' && <Markdown text={text} mentions={[]} chatId={chatId} />}
    </>
  );
}

/** Why it was refused, and what can be done. */
function Failed({ entry: { client_message_id: id, error } }: { entry: OutboxEntry }) {
  return (
    <div class="message-fault" role="alert">
      <span>
        {t('conversation.notSent', { reason: error ? codeText(error) : t('common.failed') })}
      </span>
      <span class="row">
        <Button kind="plain" onClick={() => void attempt(() => session.client.retry(id))}>
          {t('common.retry')}
        </Button>
        <Button kind="plain" onClick={() => session.client.discard(id)}>
          {t('conversation.discard')}
        </Button>
      </span>
    </div>
  );
}
