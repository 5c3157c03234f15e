import type { Kysely } from 'kysely';
import type { Schema } from '../../../storage/schema';
import { type MediaRow, mediaInOrder } from '../../messages/writes';

/** Picture files of a user or a group. */
export interface AvatarRow {
  owner: 'user' | 'chat';
  owner_id: number;
  large_key: string;
  small_key: string;
}

/** What the database says of stored files. */
export class FileRecords {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Which of these keys the database knows: all at one moment, as files come and go meanwhile. */
  async known(keys: readonly string[]): Promise<Set<string>> {
    return knownKeys(this.#db, keys);
  }

  /** Which of these keys are somebody's file still. */
  async named(keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    return new Set((await namedKeys(this.#db, keys).execute()).map((row) => row.key));
  }

  /** Whether there is any. */
  async hasFiles(): Promise<boolean> {
    return (await this.media(0, 1)).length > 0 || (await this.avatars('', 1)).length > 0;
  }

  /** By id. */
  media(after: number, limit: number): Promise<MediaRow[]> {
    return mediaInOrder(this.#db)
      .clearOrderBy()
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** Users who have files, or of whom it is noted what theirs take; by id. */
  async counted(after: number, limit: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('media')
      .select('uploader_id as id')
      .where('uploader_id', '>', after)
      .union(
        this.#db.selectFrom('media_usage').select('user_id as id').where('user_id', '>', after),
      )
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  /** By their large files. */
  avatars(after: string, limit: number): Promise<AvatarRow[]> {
    return this.#db
      .selectFrom('avatars')
      .selectAll()
      .where('large_key', '>', after)
      .orderBy('large_key')
      .limit(limit)
      .execute();
  }
}

export async function knownKeys(db: Kysely<Schema>, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const doomed = db.selectFrom('doomed_files').select('key').where('key', 'in', keys);
  const rows = await namedKeys(db, keys).unionAll(doomed).execute();
  return new Set(rows.map((row) => row.key));
}

function namedKeys(db: Kysely<Schema>, keys: readonly string[]) {
  return db
    .selectFrom('media')
    .select('file_key as key')
    .where('file_key', 'in', keys)
    .unionAll(thumbnails(db, keys))
    .unionAll(db.selectFrom('avatars').select('large_key as key').where('large_key', 'in', keys))
    .unionAll(db.selectFrom('avatars').select('small_key as key').where('small_key', 'in', keys));
}

function thumbnails(db: Kysely<Schema>, keys: readonly string[]) {
  return db
    .selectFrom('media')
    .select('thumbnail_key as key')
    .$narrowType<{ key: string }>()
    .where('thumbnail_key', 'in', keys);
}
