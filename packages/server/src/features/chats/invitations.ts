import { type Kysely, sql } from 'kysely';
import type { Committer } from '../../storage/committer';
import { prepared } from '../../storage/prepared';
import type { Schema } from '../../storage/schema';
import { type InvitationPlace, readInvitation } from './notice-steps';

const unreadInvitation = (db: Kysely<Schema>) =>
  prepared(db, (read, p: InvitationPlace) =>
    read
      .selectFrom('notifications')
      .select('id')
      .where('user_id', '=', p.userId)
      .where('chat_id', '=', p.chatId)
      .where('seq', '=', p.seq)
      .where('type', '=', sql.lit('group_invite'))
      .where('is_read', '=', sql.lit(0)),
  );

/**
 * What tells members that they were added to a group. Where they have read on since, their
 * watermark says that they know; this is for those who have seen the group and had nothing to read.
 */
export class Invitations {
  readonly #unread: ReturnType<typeof unreadInvitation>;
  readonly #committer: Pick<Committer, 'submit'>;

  constructor(db: Kysely<Schema>, committer: Pick<Committer, 'submit'>) {
    this.#unread = unreadInvitation(db);
    this.#committer = committer;
  }

  /**
   * A member has seen the group.
   * @param readSeq their watermark, which is where they joined as long as this is news to anybody
   * @returns whether it was news
   */
  async read(chatId: number, userId: number, readSeq: number): Promise<boolean> {
    const place = { chatId, userId, seq: readSeq + 1 };
    // Mostly there is nothing to be written.
    if ((await this.#unread(place)).length === 0) return false;
    return this.#committer.submit(readInvitation, place, chatId);
  }
}
