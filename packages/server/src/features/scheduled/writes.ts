import { ConfabError } from '@confab/protocol/failure';
import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import { eraseOwn } from '../../storage/erase-own';
import type { Schema } from '../../storage/schema';
import { defineWrite, type WriteContext } from '../../storage/write';

export type ScheduledRow = Selectable<Schema['scheduled_messages']>;

/** As its index has it, word for word: a bound value would not find that. */
export const isToSend = sql<boolean>`status <> 'failed'`;

interface NewScheduled {
  userId: number;
  chatId: number;
  body: string;
  clientMessageId: string;
  sendAt: number;
  at: number;
  maxWaiting: number;
}

const noSuchScheduled = () => new ConfabError('not_found', 'There is no such scheduled message');

/** The same `client_message_id` schedules one message, however often it is sent. */
export const schedule = defineWrite<NewScheduled, { row: ScheduledRow; isNew: boolean }>(
  'scheduled.create',
  async (context, input) => {
    const { userId, clientMessageId } = input;
    const known = await context.db
      .selectFrom('scheduled_messages')
      .selectAll()
      .where('user_id', '=', userId)
      .where('client_message_id', '=', clientMessageId)
      .executeTakeFirst();
    if (known) return { row: known, isNew: false };
    await mustHaveRoom(context, userId, input.maxWaiting);
    return { row: await insert(context, input), isNew: true };
  },
);

function insert({ db }: WriteContext, input: NewScheduled): Promise<ScheduledRow> {
  return db
    .insertInto('scheduled_messages')
    .values({
      user_id: input.userId,
      chat_id: input.chatId,
      body: input.body,
      client_message_id: input.clientMessageId,
      send_at: input.sendAt,
      due_at: input.sendAt,
      status: 'waiting',
      created_at: input.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function mustHaveRoom({ db }: WriteContext, userId: number, maxWaiting: number) {
  const { waiting } = await db
    .selectFrom('scheduled_messages')
    .select((eb) => eb.fn.countAll().as('waiting'))
    .where('user_id', '=', userId)
    .where(isToSend)
    .executeTakeFirstOrThrow();
  if (Number(waiting) >= maxWaiting) {
    throw new ConfabError('conflict', `At most ${maxWaiting} of your messages can wait`);
  }
}

interface OfUser {
  id: number;
  userId: number;
}

/** What is being sent can be neither changed nor called back. */
async function loadIdle({ db, dialect }: WriteContext, { id, userId }: OfUser) {
  const row = await db
    .selectFrom('scheduled_messages')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst();
  if (!row) throw noSuchScheduled();
  if (row.status === 'sending') {
    throw new ConfabError('conflict', 'This message is being sent at this moment');
  }
  return row;
}

interface Change extends OfUser {
  body: string;
  sendAt: number;
  maxWaiting: number;
}

export const reschedule = defineWrite<Change, ScheduledRow>(
  'scheduled.change',
  async (context, { id, userId, body, sendAt, maxWaiting }) => {
    const row = await loadIdle(context, { id, userId });
    if (row.status === 'failed') await mustHaveRoom(context, userId, maxWaiting);
    return context.db
      .updateTable('scheduled_messages')
      .set({
        body,
        send_at: sendAt,
        due_at: sendAt,
        status: 'waiting',
        failure_code: null,
        failure_detail: null,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  },
);

export const cancelScheduled = defineWrite<OfUser, null>(
  'scheduled.cancel',
  async (context, input) => {
    await loadIdle(context, input);
    await context.db.deleteFrom('scheduled_messages').where('id', '=', input.id).execute();
    return null;
  },
);

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

interface Failure {
  id: number;
  userId: number;
  code: string;
  detail: string;
  /** Failed ones that are kept; the oldest go. */
  keep: number;
}

export const failScheduled = defineWrite<Failure, ScheduledRow | null>(
  'scheduled.fail',
  async ({ db }, { id, userId, code, detail, keep }) => {
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
    }
    return row ?? null;
  },
);

/** What is kept here of somebody whose account is erased. */
export const eraseScheduled = eraseOwn('scheduled.erase_own', ['scheduled_messages.user_id']);

export const scheduledWrites = [
  schedule,
  reschedule,
  cancelScheduled,
  releaseScheduled,
  claimScheduled,
  finishScheduled,
  postponeScheduled,
  failScheduled,
  eraseScheduled,
];
