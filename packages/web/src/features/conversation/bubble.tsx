import { useState } from 'preact/hooks';
import { ErrorBoundary } from '../../app/error-boundary';
import { t } from '../../i18n';
import type { Message } from '../../state/types';
import { CircleAlert, Lock, Trash2 } from '../../ui/icons';
import type { View } from '../encryption/view';
import { Attachments } from '../media/attachments';
import { useConversation } from './conversation-context';
import { beginningOf, isFoldable } from './folding';
import { Markdown } from './markdown';
import { MessageMeta } from './message-meta';
import { isOnlyEmoji } from './parts';
import { Quote } from './quote';

interface BubbleProps {
  message: Message;
  view: View;
  isOwn: boolean;
  /** Who speaks, where that has to be said. */
  name: string | null;
}

/** What a message says. */
export function Bubble({ message, view, isOwn, name }: BubbleProps) {
  const isLarge = view.media.length === 0 && view.quote === null && isOnlyEmoji(view.text);
  const names = ['bubble', isOwn ? 'bubble-own' : '', isLarge ? 'bubble-emoji' : ''];
  return (
    <div class={names.filter(Boolean).join(' ')}>
      {name !== null && (
        <strong class="bubble-name" style={{ '--hue': (message.sender_id * 137) % 360 }}>
          <bdi>{name}</bdi>
        </strong>
      )}
      <ErrorBoundary resetKey={view.text} instead={<Unreadable />}>
        <Content message={message} view={view} />
      </ErrorBoundary>
      <MessageMeta message={message} isOwn={isOwn} />
    </div>
  );
}

function Content({ message, view }: { message: Message; view: View }) {
  if (view.state === 'deleted')
    return <Placeholder icon={Trash2} text={t('conversation.deleted')} />;
  if (view.state === 'opening') {
    return <Placeholder icon={Lock} text={view.reason ?? t('conversation.opening')} />;
  }
  if (view.state === 'refused') {
    return view.reason ? <Placeholder icon={CircleAlert} text={view.reason} /> : <Unreadable />;
  }
  return (
    <>
      {view.quote && <Quote quote={view.quote} from={message.id} />}
      {view.media.length > 0 && <Attachments message={message} />}
      {view.text !== '' && <Text message={message} view={view} />}
    </>
  );
}

/** A text, or the beginning of a long one until somebody wants the rest. */
function Text({ message, view }: { message: Message; view: View }) {
  const { chatId } = useConversation();
  const [isOpen, setOpen] = useState(false);
  const isFolded = !isOpen && isFoldable(view.text);
  const text = isFolded ? beginningOf(view.text) : view.text;
  return (
    <>
      <div class={isFolded ? 'folded' : undefined} data-text={message.id}>
        <Markdown text={text} mentions={view.mentions} chatId={chatId} />
      </div>
      {isFolded && (
        <button type="button" class="unfold" onClick={() => setOpen(true)}>
          {t('conversation.showAll')}
        </button>
      )}
    </>
  );
}

const Unreadable = () => <Placeholder icon={CircleAlert} text={t('conversation.unreadable')} />;

function Placeholder({ icon: Icon, text }: { icon: typeof Lock; text: string }) {
  return (
    <p class="bubble-placeholder">
      <Icon size={16} aria-hidden="true" />
      {text}
    </p>
  );
}
