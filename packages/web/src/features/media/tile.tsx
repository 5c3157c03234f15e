import { useCallback } from 'preact/hooks';
import { t } from '../../i18n';
import { Film, Image, Play, RotateCw } from '../../ui/icons';
import { durationText } from './figures';
import { placeholderOf } from './placeholder';
import type { MediaItem } from './source';
import { useUrl } from './use-url';

/** Larger moving pictures stand still until they are opened, bytes. */
const MOVING_BYTES = 8 * 1024 * 1024;

const movesHere = ({ isAnimated, size }: MediaItem) =>
  isAnimated && size <= MOVING_BYTES && !matchMedia('(prefers-reduced-motion: reduce)').matches;

interface TileProps {
  item: MediaItem;
  onOpen: () => void;
  /** How many more there are that are not shown. */
  more?: number;
}

/** A picture or a film among others: its thumbnail, over a blurred one until that is there. */
export function Tile({ item, onOpen, more = 0 }: TileProps) {
  const moves = movesHere(item);
  const { id, isProcessed } = item;
  const load = useCallback(
    () => (moves ? item.source.original() : item.source.thumbnail()),
    [id, moves, isProcessed],
  );
  const { url, isBroken, onError, retry } = useUrl(load);
  return (
    <button
      type="button"
      class="media-tile"
      aria-label={isBroken ? t('media.loadAgain', { name: item.name }) : nameOf(item, moves, more)}
      style={{ backgroundImage: placeholderOf(item.thumbhash) }}
      onClick={isBroken ? retry : onOpen}
    >
      {url && <img key={url} src={url} alt="" loading="lazy" decoding="async" onError={onError} />}
      <Cover
        item={item}
        isBroken={isBroken}
        isBare={url === null && item.thumbhash === null}
        moves={moves}
      />
      {more > 0 && <span class="media-more">+{more}</span>}
    </button>
  );
}

/** What it does, and after that what stands on it. */
function nameOf(
  { kind, name, duration, isAnimated }: MediaItem,
  moves: boolean,
  more: number,
): string {
  const isVideo = kind === 'video';
  const parts = [
    t(isVideo ? 'media.openVideo' : 'media.openPhoto', { name }),
    isVideo && duration !== null && durationText(duration),
    !isVideo && isAnimated && !moves && 'GIF',
    more > 0 && `+${more}`,
  ];
  return parts.filter(Boolean).join(', ');
}

interface CoverProps {
  item: MediaItem;
  isBroken: boolean;
  /** There is nothing to be seen of it yet. */
  isBare: boolean;
  moves: boolean;
}

/** What lies over the picture. */
function Cover({ item, isBroken, isBare, moves }: CoverProps) {
  const { kind, duration, isProcessed, isAnimated } = item;
  if (isBroken) return <RotateCw class="media-sign" size={24} aria-hidden="true" />;
  if (!isProcessed && isBare) return <Processing />;
  if (kind === 'video') {
    return (
      <>
        <span class="media-play">
          <Play size={24} aria-hidden="true" />
        </span>
        {duration !== null && <span class="media-badge">{durationText(duration)}</span>}
        {isBare && <Film class="media-corner" size={20} aria-hidden="true" />}
      </>
    );
  }
  if (isAnimated && !moves) return <span class="media-badge">GIF</span>;
  return isBare ? <Image class="media-sign" size={24} aria-hidden="true" /> : null;
}

const Processing = () => (
  <span class="media-processing">
    <span class="spinner" aria-hidden="true" />
    <span class="small">{t('media.processing')}</span>
  </span>
);
