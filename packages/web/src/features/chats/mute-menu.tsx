import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import type { Chat } from '../../state/types';
import { BellOff, Clock } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { mute } from './chat-actions';
import { muteTimes } from './mute-times';

interface MuteMenuProps {
  chat: Chat;
  at: { readonly x: number; readonly y: number };
  onClose: () => void;
}

/** Asks for how long a chat is to be muted. */
export function MuteMenu({ chat, at, onClose }: MuteMenuProps) {
  const [times] = useState(() => muteTimes(new Date()));
  const entries = times.map(({ text, until }) => ({
    text,
    icon: until ? Clock : BellOff,
    run: () => void mute(chat, until),
  }));
  const label = t('chats.muteName', { name: chatName(chat) });
  return <Menu at={at} label={label} entries={entries} onClose={onClose} />;
}
