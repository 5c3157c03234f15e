import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { go } from '../../app/router';
import type { Panel } from '../../app/routes';
import { type TextKey, t } from '../../i18n';
import type { Chat } from '../../state/types';
import { IconButton } from '../../ui/button';
import { X } from '../../ui/icons';
import { lazy } from '../../ui/lazy';

type Content = ComponentType<{ chat: Chat }>;

const ChatInfo = lazy(async () => (await import('../chats/chat-info')).ChatInfo);

/** What each panel is called, and what is in it; loaded when it is opened. */
const PANELS: Readonly<Record<Panel, readonly [TextKey, Content]>> = {
  info: ['conversation.panelInfo', ChatInfo],
  members: ['conversation.panelInfo', ChatInfo],
  media: [
    'conversation.panelMedia',
    lazy(async () => (await import('../media/media-panel')).MediaPanel),
  ],
  pins: ['conversation.panelPins', lazy(async () => (await import('./pins-panel')).PinsPanel)],
  search: ['common.search', lazy(async () => (await import('../search/chat-search')).ChatSearch)],
  encryption: [
    'chats.protection',
    lazy(async () => (await import('../encryption/encryption-panel')).EncryptionPanel),
  ],
};

/** What lies beside a conversation. Escape closes it. */
export function SidePanel({ chat, panel }: { chat: Chat; panel: Panel }) {
  const aside = useRef<HTMLElement>(null);
  const [title, Content] = PANELS[panel];
  const close = () => go({ name: 'chat', chatId: chat.id });
  useEffect(() => aside.current?.focus({ preventScroll: true }), [panel]);
  return (
    <aside
      ref={aside}
      class="side-panel"
      tabIndex={-1}
      aria-label={t(title)}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && close()}
    >
      <header class="bar">
        <h2 class="ellipsis">{t(title)}</h2>
        <IconButton icon={X} label={t('common.close')} onClick={close} />
      </header>
      <Content chat={chat} />
    </aside>
  );
}
