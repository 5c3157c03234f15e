import { type TextKey, t } from '../../i18n';
import { comingTimeOf, timeOf } from '../../i18n/dates';
import type { Chat } from '../../state/types';
import { atHour } from '../composer/moments';

const HOUR_MS = 3_600_000;

export interface MuteTime {
  readonly text: string;
  /** Null: for good. */
  readonly until: Date | null;
}

/** For how long a chat can be muted, by the clock here. */
export function muteTimes(now: Date): MuteTime[] {
  const after = (hours: number) => new Date(now.getTime() + hours * HOUR_MS);
  const morning = atHour(now, 1, 8);
  const words = (key: TextKey, until: Date | null, time = '') => ({
    text: t(key, { time }),
    until,
  });
  return [
    words('chats.muteHour', after(1)),
    words('chats.muteHours', after(8)),
    words('chats.muteTomorrow', morning, timeOf(morning.toISOString())),
    words('chats.muteWeek', after(7 * 24)),
    words('chats.muteForGood', null),
  ];
}

/** That a chat is muted, and how long. */
export const mutedWords = ({ muted_until }: Chat): string =>
  muted_until ? t('chats.mutedUntil', { when: comingTimeOf(muted_until) }) : t('chats.muted');
