import { useCallback, useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { Button, IconButton } from '../../ui/button';
import { faultText } from '../../ui/faults';
import { ZoomIn, ZoomOut } from '../../ui/icons';
import { placeholderOf } from './placeholder';
import type { MediaItem } from './source';
import { type Swipes, useGestures } from './use-gestures';
import { type LoadedUrl, useUrl } from './use-url';
import { MOST_SCALE, type View, zoomAt } from './zoom';

const ZOOM_STEP = 1.5;
const CENTRE = { x: 0, y: 0 };

/** A picture that can be enlarged and moved. */
export function Picture({ item, ...swipes }: { item: MediaItem } & Swipes) {
  const stage = useRef<HTMLDivElement>(null);
  const view = useGestures(stage, swipes);
  const loaded = useUrl(useCallback(() => item.source.original(), [item.id]));
  const zoom = (factor: number) => {
    if (stage.current)
      view.value = zoomAt(view.value, CENTRE, factor, stage.current.getBoundingClientRect());
  };
  useZoomKeys(zoom);
  const { scale, x, y } = view.value;
  return (
    <div class="gallery-main">
      <div ref={stage} class="gallery-stage" data-zoomed={scale > 1 ? '' : undefined}>
        <Frame item={item} loaded={loaded} view={{ scale, x, y }} />
      </div>
      <div class="gallery-zoom">
        <IconButton
          icon={ZoomOut}
          label={t('media.zoomOut')}
          disabled={scale <= 1}
          onClick={() => zoom(1 / ZOOM_STEP)}
        />
        <IconButton
          icon={ZoomIn}
          label={t('media.zoomIn')}
          disabled={scale >= MOST_SCALE}
          onClick={() => zoom(ZOOM_STEP)}
        />
      </div>
    </div>
  );
}

function useZoomKeys(zoom: (factor: number) => void): void {
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const factors: Readonly<Record<string, number>> = {
      '+': ZOOM_STEP,
      '=': ZOOM_STEP,
      '-': 1 / ZOOM_STEP,
      '0': 0,
    };
    const onKey = ({ key, ctrlKey, metaKey }: KeyboardEvent) => {
      const factor = factors[key];
      if (factor !== undefined && !ctrlKey && !metaKey) latest.current(factor);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

interface FrameProps {
  item: MediaItem;
  loaded: LoadedUrl;
  view: View;
}

/** Its place is known before the picture is there. */
function Frame({ item, loaded, view: { scale, x, y } }: FrameProps) {
  const { width, height, thumbhash, name } = item;
  const ratio = width && height ? `${width} / ${height}` : undefined;
  if (loaded.isBroken) return <Broken loaded={loaded} />;
  return (
    <div
      class="gallery-frame"
      style={{
        '--ratio': width && height ? String(width / height) : '1.5',
        aspectRatio: ratio,
        backgroundImage: placeholderOf(thumbhash),
        transform: `translate(${x}px, ${y}px) scale(${scale})`,
      }}
    >
      {loaded.url ? (
        <img src={loaded.url} alt={name} draggable={false} onError={loaded.onError} />
      ) : (
        <span class="spinner" role="status" aria-label={t('common.loading')} />
      )}
    </div>
  );
}

const Broken = ({ loaded: { fault, retry } }: { loaded: LoadedUrl }) => (
  <div class="gallery-broken" role="alert">
    <p>{fault === null ? t('media.broken') : faultText(fault)}</p>
    <Button onClick={retry}>{t('common.retry')}</Button>
  </div>
);

/** A film with the browser's own player. */
export function Film({ item }: { item: MediaItem }) {
  const video = useRef<HTMLVideoElement>(null);
  /** Where it was when its address ended, seconds. */
  const at = useRef(0);
  const loaded = useUrl(useCallback(() => item.source.original(), [item.id]));
  const poster = useUrl(useCallback(() => item.source.thumbnail(), [item.id]));
  const onError = () => {
    at.current = video.current?.currentTime ?? 0;
    loaded.onError();
  };
  return (
    <div class="gallery-stage">
      {loaded.isBroken && <Broken loaded={loaded} />}
      {!loaded.isBroken && !loaded.url && (
        <span class="spinner" role="status" aria-label={t('common.loading')} />
      )}
      {!loaded.isBroken && loaded.url && (
        <video
          ref={video}
          class="gallery-film"
          src={loaded.url}
          poster={poster.url ?? undefined}
          aria-label={item.name}
          controls
          autoPlay
          playsInline
          onLoadedMetadata={({ currentTarget }) => {
            if (at.current > 0) currentTarget.currentTime = at.current;
          }}
          onError={onError}
        >
          {/* Films of others come without a text of what is said. */}
          <track kind="captions" />
        </video>
      )}
    </div>
  );
}
