import type { LucideIcon } from 'lucide-preact';
import { hrefOf, type Panel } from '../../app/routes';
import { type TextKey, t } from '../../i18n';
import type { Chat } from '../../state/types';
import { Image, Pin, Search, ShieldCheck } from '../../ui/icons';
import { isEncrypted } from '../encryption/encryption';

const PANELS: readonly (readonly [Panel, LucideIcon, TextKey])[] = [
  ['search', Search, 'common.search'],
  ['media', Image, 'chats.media'],
  ['pins', Pin, 'chats.pins'],
];
const OF_ENCRYPTED = ['encryption', ShieldCheck, 'chats.protection'] as const;

/** Ways to what else can lie beside the conversation. */
export function PanelLinks({ chat }: { chat: Chat }) {
  const panels = isEncrypted(chat.id) ? [...PANELS, OF_ENCRYPTED] : PANELS;
  return (
    <ul class="panel-links">
      {panels.map(([panel, Icon, text]) => (
        <li key={panel}>
          <a href={hrefOf({ name: 'chat', chatId: chat.id, panel })}>
            <Icon size={20} aria-hidden="true" />
            <span>{t(text)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
