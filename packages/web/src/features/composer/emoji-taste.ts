import { effect, signal } from '@preact/signals';
import { session } from '../../state/session';
import { EMOJI_KEY } from '../../storage/leavings';

/** Which emoji somebody likes: the last used ones, and the tone of skin. Kept in this browser. */
const TONE = 'confab.emoji.tone';
const MOST = 27;

export const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿'] as const;

const readRecent = (): readonly string[] =>
  (localStorage.getItem(EMOJI_KEY) ?? '').split(' ').filter(Boolean);

export const recentEmoji = signal(readRecent());
export const emojiTone = signal(TONES.find((tone) => tone === localStorage.getItem(TONE)) ?? '');

export function noteEmoji(emoji: string): void {
  recentEmoji.value = [emoji, ...recentEmoji.value.filter((each) => each !== emoji)].slice(0, MOST);
  localStorage.setItem(EMOJI_KEY, recentEmoji.value.join(' '));
}

export function setTone(tone: (typeof TONES)[number]): void {
  emojiTone.value = tone;
  localStorage.setItem(TONE, tone);
}

effect(() => {
  if (session.phase.value === 'signed-out') recentEmoji.value = [];
});
