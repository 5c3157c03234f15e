import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { session } from '../../state/session';
import { faultText } from '../../ui/faults';
import { toast } from '../../ui/toasts';
import type { MediaItem } from './source';

/** The sound that plays, or was halted: one at a time, and it goes on when its message is out of sight. */
export interface Playing {
  readonly id: number;
  readonly state: 'loading' | 'playing' | 'paused';
  /** Seconds. */
  readonly time: number;
  /** Seconds; null while nobody knows. */
  readonly duration: number | null;
}

const RATES = [1, 1.5, 2] as const;
const RATE = 'confab.rate';

const now = signal<Playing | null>(null);
const rate = signal(RATES.find((each) => String(each) === localStorage.getItem(RATE)) ?? 1);
let item: MediaItem | null = null;
/** Whether its address was asked for anew, and nothing has played from it since. */
let isAskedAgain = false;
let player: HTMLAudioElement | null = null;

export const playing: ReadonlySignal<Playing | null> = now;
export const playbackRate: ReadonlySignal<number> = rate;

function change(part: Partial<Playing>): void {
  if (now.value) now.value = { ...now.value, ...part };
}

function element(): HTMLAudioElement {
  if (player) return player;
  const audio = new Audio();
  player = audio;
  audio.preload = 'auto';
  audio.onplaying = () => change({ state: 'playing' });
  audio.onwaiting = () => change({ state: 'loading' });
  audio.onpause = () => change({ state: 'paused' });
  audio.ondurationchange = () => {
    if (Number.isFinite(audio.duration)) change({ duration: audio.duration });
  };
  audio.ontimeupdate = () => {
    isAskedAgain = isAskedAgain && audio.paused;
    change({ time: audio.currentTime });
  };
  audio.onended = () => change({ state: 'paused', time: 0 });
  audio.onerror = () => void failed(audio);
  return audio;
}

/** Addresses end after some minutes: one that failed is asked for anew, and it goes on where it was. */
async function failed(audio: HTMLAudioElement): Promise<void> {
  if (!item || !now.value) return;
  if (isAskedAgain) return stop(audio.error);
  isAskedAgain = true;
  await begin(item, now.value.time);
}

function stop(fault: unknown): void {
  toast(faultText(fault));
  item = null;
  now.value = null;
}

async function begin(next: MediaItem, from: number): Promise<void> {
  item = next;
  now.value = { id: next.id, state: 'loading', time: from, duration: next.duration };
  const audio = element();
  audio.pause();
  // Another one may have been asked for meanwhile.
  const isStillWanted = () => item === next;
  try {
    const url = await next.source.original();
    if (isStillWanted()) await play(audio, url, from);
  } catch (fault) {
    if (isStillWanted()) stop(fault);
  }
}

async function play(audio: HTMLAudioElement, url: string, from: number): Promise<void> {
  audio.src = url;
  audio.currentTime = from;
  audio.playbackRate = rate.value;
  await audio.play().catch((fault: unknown) => {
    // What cannot be loaded comes as an `error` of the player, too.
    if (!audio.error && !isInterrupted(fault)) throw fault;
  });
}

const isInterrupted = (fault: unknown) =>
  fault instanceof DOMException && fault.name === 'AbortError';

/** Plays a sound, or halts it. */
export function togglePlayback(next: MediaItem): void {
  isAskedAgain = false;
  if (now.value?.id !== next.id) return void begin(next, 0);
  const audio = element();
  if (now.value.state === 'paused') void audio.play().catch(() => {});
  else audio.pause();
}

/** Goes to a place in a sound, seconds from its start; plays it when none of it did. */
export function seekPlayback(next: MediaItem, time: number): void {
  if (now.value?.id !== next.id) return void begin(next, time);
  change({ time });
  element().currentTime = time;
}

/** Something else is to be heard. */
export function pausePlayback(): void {
  player?.pause();
}

/** Faster, faster still, and as it was again. */
export function nextRate(): void {
  rate.value = RATES[(RATES.indexOf(rate.value) + 1) % RATES.length] ?? 1;
  localStorage.setItem(RATE, String(rate.value));
  if (player) player.playbackRate = rate.value;
}

effect(() => {
  if (session.phase.value !== 'signed-out') return;
  pausePlayback();
  item = null;
  now.value = null;
});
