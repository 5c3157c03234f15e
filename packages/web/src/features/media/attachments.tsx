import type { Message } from '../../state/types';
import { AudioPlayer } from './audio-player';
import { DocumentCard } from './document-card';
import { boxOf, gridOf } from './layout';
import { galleryOf, openGallery } from './open-gallery';
import { isSound, isVisual, itemsOf, type MediaItem } from './source';
import { Tile } from './tile';

/** The files of a message, as its bubble shows them. */
export function Attachments({ message }: { message: Message }) {
  const items = itemsOf(message);
  if (items.length === 0) return null;
  const visuals = items.filter(isVisual);
  const open = (item: MediaItem) => void openGallery(galleryOf(message), item.id);
  return (
    <div class="attachments">
      {visuals[0] && visuals.length === 1 && <Single item={visuals[0]} onOpen={open} />}
      {visuals.length > 1 && <Grid items={visuals} onOpen={open} />}
      {items.filter(isSound).map((item) => (
        <AudioPlayer key={item.id} item={item} />
      ))}
      {items
        .filter(({ kind }) => kind === 'file')
        .map((item) => (
          <DocumentCard key={item.id} item={item} />
        ))}
    </div>
  );
}

interface SingleProps {
  item: MediaItem;
  onOpen: (item: MediaItem) => void;
}

function Single({ item, onOpen }: SingleProps) {
  const { width, height } = boxOf(item);
  return (
    <div class="media-single" style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}>
      <Tile item={item} onOpen={() => onOpen(item)} />
    </div>
  );
}

interface GridProps {
  items: readonly MediaItem[];
  onOpen: (item: MediaItem) => void;
}

function Grid({ items, onOpen }: GridProps) {
  const { shown, spans } = gridOf(items.length);
  return (
    <div class="media-grid">
      {items.slice(0, shown).map((item, index) => (
        <div key={item.id} class="media-cell" data-span={spans[index]}>
          <Tile
            item={item}
            onOpen={() => onOpen(item)}
            more={index === shown - 1 ? items.length - shown : 0}
          />
        </div>
      ))}
    </div>
  );
}
