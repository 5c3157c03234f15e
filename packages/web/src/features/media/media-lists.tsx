import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { shortTimeOf } from '../../i18n/dates';
import type { Message } from '../../state/types';
import { senderName } from '../conversation/people';
import { AudioPlayer } from './audio-player';
import { DocumentCard } from './document-card';
import { linksIn } from './message-links';
import { galleryItemsOf, openGallery } from './open-gallery';
import { isSound, itemsOf, type MediaItem } from './source';
import { Tile } from './tile';

interface ListProps {
  /** The newest first. */
  messages: readonly Message[];
}

export function Pictures({ messages }: ListProps) {
  const items = messages.flatMap(galleryItemsOf);
  const inOrder = items.toReversed();
  return (
    <div class="media-thumbnails">
      {items.map(({ item }) => (
        <Tile key={item.id} item={item} onOpen={() => void openGallery(inOrder, item.id)} />
      ))}
    </div>
  );
}

const isFile = ({ kind }: MediaItem) => kind === 'file';

export const Files = ({ messages }: ListProps) => (
  <Rows messages={messages} of={isFile} Row={DocumentCard} />
);

export const Sounds = ({ messages }: ListProps) => (
  <Rows messages={messages} of={isSound} Row={AudioPlayer} />
);

interface RowsProps extends ListProps {
  of: (item: MediaItem) => boolean;
  Row: (props: { item: MediaItem }) => preact.JSX.Element;
}

function Rows({ messages, of, Row }: RowsProps) {
  return (
    <ul class="media-rows">
      {messages.flatMap((message) =>
        itemsOf(message)
          .filter(of)
          .map((item) => (
            <li key={item.id}>
              <Row item={item} />
              <Origin message={message} />
            </li>
          )),
      )}
    </ul>
  );
}

/** Who sent it and when, which leads to the message. */
function Origin({ message }: { message: Message }) {
  const { chat_id: chatId, id: messageId, created_at } = message;
  return (
    <a class="small media-origin" href={hrefOf({ name: 'chat', chatId, messageId })}>
      {t('media.origin', { name: senderName(message), time: shortTimeOf(created_at) })}
    </a>
  );
}

export function Links({ messages }: ListProps) {
  return (
    <ul class="media-rows">
      {messages.flatMap((message) =>
        linksIn(message).map((link) => (
          <li key={`${message.id} ${link}`}>
            <a class="media-link" href={link} target="_blank" rel="noopener noreferrer nofollow">
              <strong class="ellipsis">{new URL(link).host}</strong>
              <span class="small quiet ellipsis">{link}</span>
            </a>
            <Origin message={message} />
          </li>
        )),
      )}
    </ul>
  );
}
