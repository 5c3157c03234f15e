import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { Schema } from '../../storage/schema';
import { defineWrite, type WriteContext } from '../../storage/write';
import { releaseMedia } from './media-steps';
import { bodyOf } from './present';

export interface Release {
  /** Until when its files wait for another message. */
  mediaUntil: number;
}

export type ScheduledRow = Selectable<Schema['scheduled_messages']>;

/** As its index has it, word for word: a bound value would not find that. */
export const isToSend = sql<boolean>`status <> 'failed'`;

/** What a process that died was sending waits again. To send it twice makes one message. */
export const releaseScheduled = defineWrite<null, null>('scheduled.release', async ({ db }) => {
  await db
    .updateTable('scheduled_messages')
    .set((eb) => ({ status: 'waiting' as const, due_at: eb.ref('send_at') }))
    .where(isToSend)
    .where('status', '=', 'sending')
    .execute();
  return null;
});

/**
 * Takes what is due, so that no other node sends it too. What a user wrote to a chat keeps its
 * order: nothing is taken while an earlier one is under way, or waits for another try.
 * @param until when others may take it, should this node die
 */
export const claimScheduled = defineWrite<
  { now: number; until: number; limit: number },
  ScheduledRow[]
>('scheduled.claim', async ({ db, dialect }, { now, until, limit }) => {
  const due = await db
    .selectFrom('scheduled_messages as s')
    .select('s.id')
    .where(isToSend)
    .where('s.due_at', '<=', now)
    .where((eb) => eb.not(eb.exists(earlierOne(eb, now))))
    .orderBy('s.send_at')
    .orderBy('s.id')
    .limit(limit)
    .$if(dialect === 'postgres', (query) => query.forUpdate().skipLocked())
    .execute();
  if (due.length === 0) return [];
  const rows = await db
    .updateTable('scheduled_messages')
    .set({ status: 'sending', due_at: until })
    .where(
      'id',
      'in',
      due.map((row) => row.id),
    )
    .returningAll()
    .execute();
  return rows.sort((a, b) => a.send_at - b.send_at || a.id - b.id);
});

type Scheduled = Schema & { s: Schema['scheduled_messages'] };

/** Of the same user to the same chat, and not due. */
function earlierOne({ selectFrom }: ExpressionBuilder<Scheduled, 's'>, now: number) {
  return selectFrom('scheduled_messages as e')
    .select('e.id')
    .whereRef('e.user_id', '=', 's.user_id')
    .whereRef('e.chat_id', '=', 's.chat_id')
    .where('e.status', '<>', 'failed')
    .where('e.due_at', '>', now)
    .where(({ eb, refTuple }) =>
      eb(refTuple('e.send_at', 'e.id'), '<', refTuple('s.send_at', 's.id')),
    );
}

/** It is a message now. */
export const finishScheduled = defineWrite<{ id: number }, null>(
  'scheduled.finish',
  async ({ db }, { id }) => {
    await db.deleteFrom('scheduled_messages').where('id', '=', id).execute();
    return null;
  },
);

/**
 * Its `client_message_id` was sent before. If the message is the same in all that was asked for it is
 * this one, sent by a process that died then, and all is done; else this one will never be sent.
 * @returns what is left of it
 */
export const settleRepeated = defineWrite<
  Release & { id: number; userId: number; messageId: number; keep: number },
  ScheduledRow | null
>('scheduled.settle_repeated', async (context, { id, userId, messageId, keep, mediaUntil }) => {
  const row = await context.db
    .selectFrom('scheduled_messages')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  const isThisOne = row !== undefined && (await isSentAs(context, row, messageId));
  if (!isThisOne)
    return failScheduled.run(context, { id, userId, keep, mediaUntil, ...ALREADY_SENT });
  await finishScheduled.run(context, { id });
  return null;
});

async function isSentAs({ db }: WriteContext, row: ScheduledRow, messageId: number) {
  const message = await db
    .selectFrom('messages')
    .select(['chat_id', 'content', 'content_type', 'reply_to_id'])
    .where('id', '=', messageId)
    .executeTakeFirst();
  const media = await db
    .selectFrom('media')
    .select('id')
    .where('message_id', '=', messageId)
    .orderBy('position')
    .execute();
  const body = bodyOf(row);
  return (
    message?.chat_id === row.chat_id &&
    message.content === body.content &&
    message.content_type === (body.message_type ?? body.content_type ?? 'text') &&
    message.reply_to_id === (body.reply_to_id ?? null) &&
    media.map((file) => file.id).join() === (body.media_ids ?? []).join()
  );
}

const ALREADY_SENT = {
  code: 'conflict',
  detail: 'A message of yours with this client_message_id was sent already',
};

/** It could not be sent for the moment. */
export const postponeScheduled = defineWrite<{ id: number; until: number }, null>(
  'scheduled.postpone',
  async ({ db }, { id, until }) => {
    await db
      .updateTable('scheduled_messages')
      .set({ status: 'waiting', due_at: until })
      .where('id', '=', id)
      .execute();
    return null;
  },
);

interface Failure extends Release {
  id: number;
  userId: number;
  code: string;
  detail: string;
  /** Failed ones that are kept; the oldest go. */
  keep: number;
}

export const failScheduled = defineWrite<Failure, ScheduledRow | null>(
  'scheduled.fail',
  async ({ db }, { id, userId, code, detail, keep, mediaUntil }) => {
    const row = await db
      .updateTable('scheduled_messages')
      .set({ status: 'failed', failure_code: code, failure_detail: detail })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    const failed = await db
      .selectFrom('scheduled_messages')
      .select('id')
      .where('user_id', '=', userId)
      .where('status', '=', 'failed')
      .orderBy('send_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    const spare = failed.slice(keep).map((each) => each.id);
    if (spare.length > 0) {
      await db.deleteFrom('scheduled_messages').where('id', 'in', spare).execute();
      await releaseMedia({ db }, spare, mediaUntil);
    }
    return row ?? null;
  },
);
