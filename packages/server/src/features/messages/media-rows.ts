import type { Media, MediaTags } from '@confab/protocol';
import type { Kysely, Selectable } from 'kysely';
import { iso } from '../../lib/clock';
import { among, prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';

/** What processing found out about a file; all of it null or absent until then. */
export interface MediaFacts {
  width: number | null;
  height: number | null;
  rotation: number | null;
  duration: number | null;
  codec: string | null;
  tags: MediaTags | null;
  isAnimated: boolean;
  thumbhash: string | null;
  waveform: number[] | null;
  thumbnailWidth: number | null;
  thumbnailHeight: number | null;
}

export const NO_FACTS: MediaFacts = {
  width: null,
  height: null,
  rotation: null,
  duration: null,
  codec: null,
  tags: null,
  isAnimated: false,
  thumbhash: null,
  waveform: null,
  thumbnailWidth: null,
  thumbnailHeight: null,
};

export const MEDIA_COLUMNS = [
  'media.id',
  'media.uploader_id',
  'media.chat_id',
  'media.message_id',
  'media.position',
  'media.held_by',
  'media.upload_id',
  'media.file_key',
  'media.thumbnail_key',
  'media.original_filename',
  'media.file_size',
  'media.mime_type',
  'media.media_type',
  'media.is_voice',
  'media.facts',
  'media.state',
  'media.attempts',
  'media.expires_at',
  'media.created_at',
] as const;

export type MediaRow = Selectable<Schema['media']>;

/** Files of messages, in their order; the caller says of which ones. */
export function mediaInOrder(db: Kysely<Schema>) {
  return db.selectFrom('media').select(MEDIA_COLUMNS).orderBy('position').orderBy('id');
}

export function mediaOfMessages(db: Kysely<Schema>) {
  return prepared(db, (read, p: { messageIds: readonly number[] }) =>
    mediaInOrder(read).where(among(read, 'message_id', p.messageIds)),
  );
}

export const factsOf = (row: Pick<MediaRow, 'facts'>): MediaFacts => ({
  ...NO_FACTS,
  ...(JSON.parse(row.facts) as Partial<MediaFacts>),
});

export function presentMedia(row: MediaRow): Media {
  const facts = factsOf(row);
  const url = `/api/media/${row.id}`;
  return {
    id: row.id as Media['id'],
    message_id: row.message_id as Media['message_id'],
    uploader_id: row.uploader_id as Media['uploader_id'],
    filename: storedName(row),
    original_filename: row.original_filename,
    file_size: row.file_size,
    mime_type: row.mime_type,
    media_type: row.media_type,
    width: facts.width,
    height: facts.height,
    duration: facts.duration,
    thumbnail_path: row.thumbnail_key === null ? null : `${url}/thumbnail`,
    thumbnail_width: facts.thumbnailWidth,
    thumbnail_height: facts.thumbnailHeight,
    thumbhash: facts.thumbhash,
    waveform: facts.waveform,
    rotation: facts.rotation,
    codec: facts.codec,
    tags: facts.tags,
    is_animated: facts.isAnimated,
    is_voice: row.is_voice === 1,
    is_processed: row.state === 'ready',
    url,
    created_at: iso(row.created_at),
  };
}

/** Where the store keeps it is nobody's business. */
function storedName({ id, file_key }: MediaRow): string {
  const dot = file_key.lastIndexOf('.');
  return dot < 0 ? String(id) : `${id}${file_key.slice(dot)}`;
}
