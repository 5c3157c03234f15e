import { useComputed } from '@preact/signals';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { IconButton } from '../../ui/button';
import { ChevronDown } from '../../ui/icons';
import { useConversation } from './conversation-context';
import type { ScrollKeeper } from './scroll-keeper';

/** Back to where the user jumped from, or to the newest message, with how many of them are new. */
export function JumpButton({ keeper }: { keeper: ScrollKeeper }) {
  const { timeline, chatId } = useConversation();
  const unread = useComputed(() => session.chat(chatId)?.unread_count ?? 0);
  const isJump = timeline.origins.value.length > 0;
  if (keeper.atEnd.value && timeline.isLive && !isJump) return null;
  return (
    <IconButton
      class="jump-button"
      icon={ChevronDown}
      label={isJump ? t('conversation.jumpBack') : t('conversation.toNewest')}
      onClick={() => void timeline.back()}
    >
      {unread.value > 0 && (
        <span class="badge">
          {unread}
          <span class="unseen"> {t('conversation.newMessages')}</span>
        </span>
      )}
    </IconButton>
  );
}
