import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { attempt } from '../../ui/faults';
import { senderName } from '../conversation/people';
import { shownOf } from '../encryption/view';
import { pausePlayback } from './playback';
import { isVisual, itemsOf, type MediaItem } from './source';

/** A picture or a film, and the message that it came with. */
export interface GalleryItem {
  readonly item: MediaItem;
  readonly caption: string;
  readonly sender: string;
  /** ISO 8601. */
  readonly at: string;
}

export function galleryItemsOf(message: Message): GalleryItem[] {
  const { text: caption } = shownOf(message);
  const [sender, at] = [senderName(message), message.created_at];
  return itemsOf(message)
    .filter(isVisual)
    .map((item) => ({ item, caption, sender, at }));
}

/** All that is held of a message's chat; of an old message, which is not held, its own alone. */
export function galleryOf(message: Message): GalleryItem[] {
  const held = session.client.messages(message.chat_id);
  const isHeld = held.some(({ id }) => id === message.id);
  return (isHeld ? held : [message]).flatMap(galleryItemsOf);
}

/** Shows pictures and films over the whole window, one of them first. */
export async function openGallery(items: readonly GalleryItem[], id: number): Promise<void> {
  pausePlayback();
  await attempt(async () => {
    const { showGallery } = await import('./gallery');
    showGallery(
      items,
      Math.max(
        0,
        items.findIndex(({ item }) => item.id === id),
      ),
    );
  });
}
