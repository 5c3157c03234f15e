import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { durationOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { lazy } from '../../ui/lazy';
import { Select } from '../../ui/select';
import { unmute } from './chat-actions';
import { InfoSection } from './info-section';
import { mutedWords } from './mute-times';
import { maySetDisappearing } from './rights';

const MuteMenu = lazy(async () => (await import('./mute-menu')).MuteMenu, null);

/** What the user hears of a chat, and how long its messages stay. */
export function ChatSettings({ chat }: { chat: Chat }) {
  return (
    <InfoSection title={t('chats.notifications')}>
      <Mute chat={chat} />
      <Level chat={chat} />
      <Disappearing chat={chat} />
    </InfoSection>
  );
}

function Mute({ chat }: { chat: Chat }) {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const press = (button: HTMLElement) => {
    if (chat.is_muted) return void unmute(chat);
    const { left, bottom } = button.getBoundingClientRect();
    setAt({ x: left, y: bottom });
  };
  return (
    <div class="row">
      {chat.is_muted && <span class="spacer">{mutedWords(chat)}</span>}
      <Button
        aria-haspopup={chat.is_muted ? undefined : 'menu'}
        onClick={({ currentTarget }) => press(currentTarget)}
      >
        {chat.is_muted ? t('chats.unmute') : t('chats.mute')}
      </Button>
      {at && <MuteMenu chat={chat} at={at} onClose={() => setAt(null)} />}
    </div>
  );
}

function Level({ chat }: { chat: Chat }) {
  const set = (notification_level: Chat['notification_level']) =>
    void attempt(() => session.client.api.chatSettings(chat.id, { notification_level }));
  return (
    <Select
      label={t('chats.notifyOf')}
      value={chat.notification_level}
      onChange={set}
      options={[
        { value: 'all', text: t('chats.levelAll') },
        { value: 'mentions', text: t('chats.levelMentions') },
        { value: 'none', text: t('chats.levelNone') },
      ]}
    />
  );
}

/** In seconds. 0: they stay. */
const LENGTHS = [0, 3_600, 86_400, 7 * 86_400, 28 * 86_400];

function Disappearing({ chat }: { chat: Chat }) {
  const seconds = chat.disappear_after_s ?? 0;
  // Another app may have chosen a length that is not offered here.
  const lengths = LENGTHS.includes(seconds) ? LENGTHS : [...LENGTHS, seconds];
  const set = (disappear_after_s: number) =>
    void attempt(() => session.client.api.updateChat(chat.id, { disappear_after_s }));
  return (
    <Select
      label={t('chats.disappearing')}
      value={seconds}
      onChange={set}
      disabled={!maySetDisappearing(chat)}
      options={lengths
        .toSorted((a, b) => a - b)
        .map((value) => ({ value, text: value === 0 ? t('chats.never') : durationOf(value) }))}
    />
  );
}
