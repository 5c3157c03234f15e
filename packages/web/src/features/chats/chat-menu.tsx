import { go } from '../../app/router';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatId } from '../../state/types';
import { Bell, BellOff, CheckCheck, Info, LogOut } from '../../ui/icons';
import { Menu, type MenuEntry } from '../../ui/menu';
import { unmute } from './chat-actions';

interface ChatMenuProps {
  chatId: ChatId;
  at: { readonly x: number; readonly y: number };
  onMute: () => void;
  onLeave: () => void;
  onClose: () => void;
}

/** What can be done with a chat without opening it. */
export function ChatMenu({ chatId, at, onMute, onLeave, onClose }: ChatMenuProps) {
  const chat = session.chat(chatId);
  if (!chat) return null;
  return (
    <Menu
      at={at}
      label={chatName(chat)}
      entries={entriesOf(chat, onMute, onLeave)}
      onClose={onClose}
    />
  );
}

function entriesOf(chat: Chat, askMute: () => void, leave: () => void): MenuEntry[] {
  const { id, is_muted, unread_count, chat_type } = chat;
  const read: MenuEntry = {
    text: t('chats.markRead'),
    icon: CheckCheck,
    run: () => session.client.markRead(id),
  };
  const mute: MenuEntry = is_muted
    ? { text: t('chats.unmute'), icon: Bell, run: () => void unmute(chat) }
    : { text: t('chats.mute'), icon: BellOff, run: askMute };
  const info: MenuEntry = {
    text: t('chats.info'),
    icon: Info,
    run: () => go({ name: 'chat', chatId: id, panel: 'info' }),
  };
  const end: MenuEntry = { text: t('chats.leave'), icon: LogOut, danger: true, run: leave };
  return [
    ...(unread_count > 0 ? [read] : []),
    mute,
    info,
    ...(chat_type === 'group' ? (['line', end] as const) : []),
  ];
}
