import { t } from '../../i18n';
import { shortTimeOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat, Message } from '../../state/types';
import { Button, IconButton } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { attempt } from '../../ui/faults';
import { Pin, PinOff } from '../../ui/icons';
import { useConversation } from './conversation-context';
import { nameIn } from './people';
import { usePins } from './pins';
import { lineOf } from './summaries';

/** All pinned messages of a chat. */
export function PinsPanel({ chat }: { chat: Chat }) {
  const pins = usePins(chat.id);
  const items = pins.items.value;
  if (pins.state.value === 'loading') return <Loading />;
  if (pins.state.value === 'failed') {
    return (
      <Empty icon={Pin} title={t('common.networkError')}>
        <Button onClick={() => void pins.load()}>{t('common.retry')}</Button>
      </Empty>
    );
  }
  if (items.length === 0) {
    return (
      <Empty icon={Pin} title={t('conversation.noPins')}>
        <p>{t('conversation.noPinsHint')}</p>
      </Empty>
    );
  }
  return (
    <ul class="scroll pins-list">
      {items.map((message) => (
        <li key={message.id}>
          <Pinned message={message} />
        </li>
      ))}
    </ul>
  );
}

function Pinned({ message }: { message: Message }) {
  const { timeline, mayPin } = useConversation();
  return (
    <div class="pinned">
      <button type="button" class="list-row" onClick={() => void timeline.jump(message.id)}>
        <span class="list-row-text">
          <span class="row">
            <strong class="ellipsis spacer">{nameIn(message.chat_id, message.sender_id)}</strong>
            <time class="quiet small">{shortTimeOf(message.created_at)}</time>
          </span>
          <span class="pinned-text">{lineOf(message)}</span>
        </span>
      </button>
      {mayPin && (
        <IconButton
          icon={PinOff}
          label={t('conversation.unpin')}
          onClick={() => void attempt(() => session.client.api.unpin(message.id))}
        />
      )}
    </div>
  );
}
