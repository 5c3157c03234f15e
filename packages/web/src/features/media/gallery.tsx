import { useSignal } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { IconButton } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { ChevronLeft, ChevronRight, Download, X } from '../../ui/icons';
import { sizeText } from './figures';
import { Film, Picture } from './gallery-stage';
import type { GalleryItem } from './open-gallery';

/**
 * Opens the gallery. It is no part of the conversation, whose bubbles come and go, and stands in the
 * browser's history: its back button closes it.
 */
export function showGallery(items: readonly GalleryItem[], first: number): void {
  const place = document.createElement('div');
  document.body.append(place);
  history.pushState({ within: true }, '', location.href);
  const close = () => {
    render(null, place);
    place.remove();
  };
  addEventListener('popstate', close, { once: true });
  render(<Gallery items={items} first={first} onClose={() => history.back()} />, place);
}

interface GalleryProps {
  items: readonly GalleryItem[];
  first: number;
  onClose: () => void;
}

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowLeft: -1 };

function Gallery({ items, first, onClose }: GalleryProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const index = useSignal(first);
  const shown = items[index.value];
  useModal(dialog);
  const step = (by: 1 | -1) => {
    index.value = Math.max(0, Math.min(index.value + by, items.length - 1));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    // A player takes the arrows itself, to seek.
    if (by === undefined || event.target instanceof HTMLVideoElement) return;
    const isRtl = document.documentElement.dir === 'rtl';
    step(isRtl ? (-by as 1 | -1) : by);
  };
  usePreloading(items[index.value + 1]);
  usePreloading(items[index.value - 1]);
  if (!shown) return null;
  return (
    <dialog
      ref={dialog}
      class="gallery on-dark"
      aria-label={t('media.gallery')}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <Head shown={shown} index={index.value} count={items.length} onClose={onClose} />
      {shown.item.kind === 'video' ? (
        <Film key={shown.item.id} item={shown.item} />
      ) : (
        <Picture key={shown.item.id} item={shown.item} onSwipe={step} onSwipeDown={onClose} />
      )}
      <Sides index={index.value} count={items.length} onStep={step} />
      {shown.caption !== '' && <p class="gallery-caption">{shown.caption}</p>}
    </dialog>
  );
}

/** Keeps the rest of the page away; when it is closed, the focus goes back to where it was. */
function useModal(dialog: { current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, [dialog]);
}

/** So that the next one is there when it is asked for. */
function usePreloading(next: GalleryItem | undefined): void {
  useEffect(() => {
    if (next?.item.kind !== 'image') return;
    next.item.source.original().then(
      (url) => {
        new Image().src = url;
      },
      () => {},
    );
  }, [next?.item.id]);
}

interface HeadProps {
  shown: GalleryItem;
  index: number;
  count: number;
  onClose: () => void;
}

function Head({ shown: { item, sender, at }, index, count, onClose }: HeadProps) {
  const { name, size, source } = item;
  return (
    <header class="gallery-head">
      <div class="gallery-title">
        <strong class="ellipsis">{sender}</strong>
        <span class="small quiet ellipsis">{momentOf(at)}</span>
      </div>
      <span class="small quiet" role="status">
        {t('media.place', { index: index + 1, count })}
      </span>
      <IconButton
        icon={Download}
        label={t('media.download', { name, size: sizeText(size) })}
        onClick={() => void attempt(source.download)}
      />
      <IconButton icon={X} label={t('common.close')} onClick={onClose} />
    </header>
  );
}

interface SidesProps {
  index: number;
  count: number;
  onStep: (by: 1 | -1) => void;
}

function Sides({ index, count, onStep }: SidesProps) {
  if (count < 2) return null;
  return (
    <>
      <IconButton
        class="gallery-side gallery-previous"
        icon={ChevronLeft}
        label={t('media.previous')}
        disabled={index === 0}
        onClick={() => onStep(-1)}
      />
      <IconButton
        class="gallery-side gallery-next"
        icon={ChevronRight}
        label={t('media.next')}
        disabled={index === count - 1}
        onClick={() => onStep(1)}
      />
    </>
  );
}
