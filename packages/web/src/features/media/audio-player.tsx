import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { Download, Pause, Play } from '../../ui/icons';
import { durationText, sizeText } from './figures';
import { nextRate, playbackRate, playing, seekPlayback, togglePlayback } from './playback';
import type { MediaItem } from './source';

const STEP_S = 5;
/** Shown of a sound of which no loudness is known. */
const FLAT: readonly number[] = Array.from({ length: 64 }, () => 8);

const nameOf = ({ kind, title, name }: MediaItem) =>
  kind === 'voice' ? t('media.voice') : (title ?? name);

/** Plays a voice message or a piece of music. */
export function AudioPlayer({ item }: { item: MediaItem }) {
  const current = playing.value;
  const mine = current?.id === item.id ? current : null;
  const isPlaying = mine !== null && mine.state !== 'paused';
  const duration = mine?.duration ?? item.duration;
  const name = nameOf(item);
  return (
    <fieldset class="audio-player" aria-label={name}>
      <IconButton
        class="audio-play"
        icon={isPlaying ? Pause : Play}
        label={t(isPlaying ? 'media.pause' : 'media.play', { name })}
        aria-busy={mine?.state === 'loading'}
        onClick={() => togglePlayback(item)}
      />
      <div class="audio-middle">
        {item.kind === 'audio' && <bdi class="ellipsis audio-name">{name}</bdi>}
        <Waveform item={item} time={mine?.time ?? 0} duration={duration} />
        <span class="row small quiet audio-figures">
          <span>{durationText(mine ? mine.time : (duration ?? 0))}</span>
          {mine && duration !== null && <span>/ {durationText(duration)}</span>}
          <span class="spacer" />
          {item.kind === 'audio' && !mine && <span>{sizeText(item.size)}</span>}
        </span>
      </div>
      {mine ? <RateButton /> : <SaveButton item={item} />}
    </fieldset>
  );
}

function RateButton() {
  const rate = playbackRate.value;
  return (
    <button
      type="button"
      class="rate-button"
      aria-label={t('media.speed', { rate })}
      title={t('media.speed', { rate })}
      onClick={nextRate}
    >
      {rate}×
    </button>
  );
}

const SaveButton = ({ item }: { item: MediaItem }) => (
  <IconButton
    icon={Download}
    label={t('media.download', { name: item.name, size: sizeText(item.size) })}
    onClick={() => void attempt(item.source.download)}
  />
);

interface WaveformProps {
  item: MediaItem;
  time: number;
  duration: number | null;
}

/** How loud it is over its length, and where it is; a click or the arrow keys lead elsewhere. */
function Waveform({ item, time, duration }: WaveformProps) {
  const bars = item.waveform ?? FLAT;
  const length = duration ?? 0;
  const played = length > 0 ? time / length : 0;
  const seek = (to: number) => seekPlayback(item, Math.max(0, Math.min(to, length)));
  const seekTo = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    if (event.buttons === 1) seek(((event.clientX - left) / width) * length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: STEP_S, ArrowUp: STEP_S, ArrowLeft: -STEP_S, ArrowDown: -STEP_S };
    const by = step[event.key as keyof typeof step];
    const to = by === undefined ? { Home: 0, End: length }[event.key] : time + by;
    if (to === undefined) return;
    event.preventDefault();
    seek(to);
  };
  return (
    <div
      class="waveform"
      dir="ltr"
      role="slider"
      tabIndex={0}
      aria-label={t('media.position')}
      aria-valuemin={0}
      aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(time)}
      aria-valuetext={t('media.positionOf', {
        time: durationText(time),
        length: durationText(length),
      })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={seekTo}
      onKeyDown={onKeyDown}
    >
      {bars.map((level, index) => (
        <i
          key={index}
          data-played={(index + 0.5) / bars.length <= played ? '' : undefined}
          style={{ '--level': (Math.max(8, level) / 100).toFixed(2) }}
        />
      ))}
    </div>
  );
}
