import { t } from '../../i18n';
import type { Message } from '../../state/types';
import { IconButton } from '../../ui/button';
import { Ellipsis } from '../../ui/icons';
import { useConversation } from './conversation-context';
import { actionsFor } from './message-actions';

/** Beside a message that the pointer or the focus is at: what is done most, and the rest. */
export function ActionBar({ message }: { message: Message }) {
  const conversation = useConversation();
  const quick = actionsFor(message, conversation).filter(({ isQuick }) => isQuick);
  const spot = (event: MouseEvent) => {
    const { left = 0, bottom = 0 } =
      event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : {};
    return { x: left, y: bottom };
  };
  return (
    <div class="action-bar" role="toolbar" aria-label={t('conversation.actions')}>
      {quick.map(({ text, icon, run }) => (
        <IconButton key={text} icon={icon} label={text} onClick={(event) => run(spot(event))} />
      ))}
      <IconButton
        icon={Ellipsis}
        label={t('common.more')}
        aria-haspopup="menu"
        onClick={(event) => conversation.overlays.show({ kind: 'menu', message, at: spot(event) })}
      />
    </div>
  );
}
