import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { Confirm } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { lazy } from '../../ui/lazy';
import { Menu, type MenuEntry } from '../../ui/menu';
import { useConversation } from './conversation-context';
import { actionsFor } from './message-actions';
import type { Spot } from './overlay-store';
import { QuickReactions, ReactionPopover } from './reaction-popover';

const InfoDialog = lazy(async () => (await import('./info-dialog')).InfoDialog);
const ForwardDialog = lazy(async () => (await import('./forward-dialog')).ForwardDialog);
const DateDialog = lazy(async () => (await import('./date-dialog')).DateDialog);

/** The menu, the dialog or the picker that lies over the conversation. */
export function Overlays() {
  const { overlays } = useConversation();
  const open = overlays.open.value;
  const close = () => overlays.close();
  switch (open?.kind) {
    case 'menu':
      return <MessageMenu message={open.message} at={open.at} onClose={close} />;
    case 'reactions':
      return <ReactionPopover message={open.message} at={open.at} onClose={close} />;
    case 'info':
      return <InfoDialog message={open.message} onClose={close} />;
    case 'forward':
      return <ForwardDialog message={open.message} onClose={close} />;
    case 'delete':
      return <DeleteDialog message={open.message} onClose={close} />;
    case 'date':
      return <DateDialog from={open.from} onClose={close} />;
    default:
      return null;
  }
}

interface MessageMenuProps {
  message: Message;
  at: Spot;
  onClose: () => void;
}

function MessageMenu({ message, at, onClose }: MessageMenuProps) {
  const conversation = useConversation();
  const { overlays } = conversation;
  const actions = actionsFor(message, conversation);
  // What an action opens takes the menu's place: only one that is still the menu is closed.
  const end = () => overlays.open.peek()?.kind === 'menu' && onClose();
  const entries = actions.map(
    ({ text, icon, isDangerous, run }): MenuEntry => ({
      text,
      icon,
      danger: isDangerous ?? false,
      run: () => run(at),
    }),
  );
  if (entries.length === 0) return null;
  return (
    <Menu at={at} label={t('conversation.actions')} entries={entries} onClose={end}>
      <QuickReactions message={message} at={at} onDone={onClose} />
    </Menu>
  );
}

function DeleteDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const isOwn = message.sender_id === session.client.userId;
  return (
    <Confirm
      title={t('conversation.deleteTitle')}
      text={isOwn ? t('conversation.deleteText') : t('conversation.deleteOthersText')}
      action={t('common.delete')}
      onConfirm={() => void attempt(() => session.client.delete(message))}
      onClose={onClose}
    />
  );
}
