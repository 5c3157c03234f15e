import { type Kysely, sql } from 'kysely';
import { prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { type MediaRow, mediaInOrder } from '../messages';

/** A file with what its message says of who may see it. */
export interface KnownMedia extends MediaRow {
  message_is_deleted: number | null;
  message_expires_at: number | null;
}

function queries(db: Kysely<Schema>) {
  return {
    byId: prepared(db, (read, p: { id: number }) =>
      mediaInOrder(read)
        .clearOrderBy()
        .leftJoin('messages as m', 'm.id', 'media.message_id')
        .select(['m.is_deleted as message_is_deleted', 'm.expires_at as message_expires_at'])
        .where('media.id', '=', p.id),
    ),

    unprocessed: prepared(db, (read, p: { after: number; limit: number }) =>
      mediaInOrder(read)
        .clearOrderBy()
        .where(sql<boolean>`state = 'processing'`)
        .where('id', '>', p.after)
        .orderBy('id')
        .limit(p.limit),
    ),

    usage: prepared(db, (read, p: { userId: number }) =>
      read.selectFrom('media_usage').select('bytes').where('user_id', '=', p.userId),
    ),

    ofUpload: prepared(db, (read, p: { uploadId: string }) =>
      mediaInOrder(read).clearOrderBy().where('upload_id', '=', p.uploadId),
    ),

    nextUnsent: prepared(db, (read) =>
      read
        .selectFrom('media')
        .select('expires_at')
        .where('expires_at', 'is not', null)
        .orderBy('expires_at')
        .limit(1),
    ),

    doomed: prepared(db, (read, p: { now: number; limit: number }) =>
      read
        .selectFrom('doomed_files')
        .select('key')
        .where('not_before', '<=', p.now)
        .orderBy('not_before')
        .orderBy('key')
        .limit(p.limit),
    ),

    nextDoomed: prepared(db, (read) =>
      read.selectFrom('doomed_files').select('not_before').orderBy('not_before').limit(1),
    ),

    ofUser: prepared(db, (read, p: { userId: number; after: number; limit: number }) =>
      mediaInOrder(read)
        .clearOrderBy()
        .where('uploader_id', '=', p.userId)
        .where('id', '>', p.after)
        .orderBy('id')
        .limit(p.limit),
    ),

    avatar: prepared(db, (read, p: { key: string }) =>
      read.selectFrom('avatars').select('small_key').where('large_key', '=', p.key),
    ),
  };
}

export class MediaRepository {
  readonly #queries: ReturnType<typeof queries>;

  constructor(db: Kysely<Schema>) {
    this.#queries = queries(db);
  }

  async byId(id: number): Promise<KnownMedia | undefined> {
    return (await this.#queries.byId({ id }))[0];
  }

  /** Files whose processing has not ended, by id. */
  unprocessed(after: number, limit: number): Promise<MediaRow[]> {
    return this.#queries.unprocessed({ after, limit });
  }

  /** Bytes that a user's files take. */
  async usage(userId: number): Promise<number> {
    return (await this.#queries.usage({ userId }))[0]?.bytes ?? 0;
  }

  /** What a resumable upload became. */
  async ofUpload(uploadId: string): Promise<MediaRow | undefined> {
    return (await this.#queries.ofUpload({ uploadId }))[0];
  }

  /** When the next file expires that no message has. */
  async nextUnsent(): Promise<number | null> {
    return (await this.#queries.nextUnsent({}))[0]?.expires_at ?? null;
  }

  /** Keys of files that are to be removed from the store now. */
  async doomed(now: number, limit: number): Promise<string[]> {
    return (await this.#queries.doomed({ now, limit })).map((row) => row.key);
  }

  async nextDoomed(): Promise<number | null> {
    return (await this.#queries.nextDoomed({}))[0]?.not_before ?? null;
  }

  /** A user's files, by id. */
  ofUser(userId: number, after: number, limit: number): Promise<MediaRow[]> {
    return this.#queries.ofUser({ userId, after, limit });
  }

  /** The small picture that belongs to a large one; undefined when there is none of this key. */
  async smallAvatar(largeKey: string): Promise<string | undefined> {
    return (await this.#queries.avatar({ key: largeKey }))[0]?.small_key;
  }
}
