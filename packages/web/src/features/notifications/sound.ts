import { keep, kept } from '../../storage/kept';

const KEPT = 'confab.sound';
/** No other tab rings within this time, milliseconds. */
const QUIET_MS = 1_500;
/** The two notes, in hertz, and when each begins, in seconds. */
const NOTES = [
  { pitch: 660, at: 0 },
  { pitch: 880, at: 0.12 },
] as const;
const NOTE_S = 0.35;
const VOLUME = 0.12;

export const isSoundOn = (): boolean => kept(KEPT) === 'on';

export function setSound(isOn: boolean): void {
  keep(KEPT, isOn ? 'on' : null);
  if (isOn) play();
}

/** Rings, if that is wanted; of several tabs one does. */
export function chime(): void {
  if (!isSoundOn()) return;
  if ('locks' in navigator) ringAlone().catch(() => {});
  else play();
}

const ringAlone = () =>
  navigator.locks.request('confab.sound', { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    play();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  });

let context: AudioContext | undefined;

function play(): void {
  context ??= new AudioContext();
  const { currentTime, destination } = context;
  for (const { pitch, at } of NOTES) {
    const [note, volume] = [context.createOscillator(), context.createGain()];
    const start = currentTime + at;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(VOLUME, start);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S);
    note.connect(volume).connect(destination);
    note.start(start);
    note.stop(start + NOTE_S);
  }
  // Browsers let a page ring only once somebody did something on it.
  context.resume().catch(() => {});
}
