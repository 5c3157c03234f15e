import type { Kysely, Selectable } from 'kysely';
import type { Schema } from '../../../storage/schema';

/** An epoch with the key that is wrapped to one device, if one is. */
export interface SliceRow {
  epoch: number;
  jwe: string;
  sig: string;
  key_id: string | null;
  encrypted_key: string | null;
}

export type EntryRow = Selectable<Schema['membership_log']>;

/** Epochs and membership logs of encrypted chats. */
export class ChatKeyRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async state(chatId: number): Promise<{ epoch: number; isStale: boolean } | undefined> {
    const row = await this.#db
      .selectFrom('chats')
      .select(['epoch', 'epoch_stale'])
      .where('id', '=', chatId)
      .executeTakeFirst();
    return row && { epoch: row.epoch, isStale: row.epoch_stale === 1 };
  }

  slices(
    chatId: number,
    device: { userId: number; deviceId: string },
    after: number,
    limit: number,
  ): Promise<SliceRow[]> {
    return this.#db
      .selectFrom('chat_epochs as e')
      .leftJoin('epoch_slices as s', (join) =>
        join
          .onRef('s.chat_id', '=', 'e.chat_id')
          .onRef('s.epoch', '=', 'e.epoch')
          .on('s.user_id', '=', device.userId)
          .on('s.device_id', '=', device.deviceId),
      )
      .select(['e.epoch', 'e.jwe', 'e.sig', 's.key_id', 's.encrypted_key'])
      .where('e.chat_id', '=', chatId)
      .where('e.epoch', '>', after)
      .orderBy('e.epoch')
      .limit(limit)
      .execute();
  }

  entries(chatId: number, after: number, limit: number): Promise<EntryRow[]> {
    return this.#db
      .selectFrom('membership_log')
      .selectAll()
      .where('chat_id', '=', chatId)
      .where('n', '>', after)
      .orderBy('n')
      .limit(limit)
      .execute();
  }
}
