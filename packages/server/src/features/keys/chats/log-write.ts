import { ConfabError } from '@confab/protocol/failure';
import { defineWrite } from '../../../storage/write';
import { chatAndActor } from '../../chats/writes';
import { mustBeEncrypted } from './epoch-write';

export interface EntryInput {
  chatId: number;
  userId: number;
  n: number;
  entry: string;
  sig: string;
  at: number;
}

/** Appends an entry to a chat's membership log, if it is the next. @returns its place */
export const appendEntry = defineWrite<EntryInput, number>(
  'keys.append_entry',
  async (context, { chatId, userId, n, entry, sig, at }) => {
    const { chat } = await chatAndActor(context, chatId, userId);
    mustBeEncrypted(chat);
    const last = await context.db
      .selectFrom('membership_log')
      .select((eb) => eb.fn.max('n').as('n'))
      .where('chat_id', '=', chatId)
      .executeTakeFirst();
    const next = (last?.n ?? -1) + 1;
    if (n !== next) {
      throw new ConfabError('stale_log', `Entry ${next} is the next: read what came before it`);
    }
    await context.db
      .insertInto('membership_log')
      .values({ chat_id: chatId, n, entry, sig, created_at: at })
      .execute();
    return n;
  },
);
