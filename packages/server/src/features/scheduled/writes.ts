import { ConfabError } from '@confab/protocol/failure';
import { mustBeActive } from '../../storage/active-account';
import { eraseOwn } from '../../storage/erase-own';
import { defineWrite, type WriteContext } from '../../storage/write';
import { holdMedia, releaseMedia } from './media-steps';
import {
  claimScheduled,
  failScheduled,
  finishScheduled,
  isToSend,
  postponeScheduled,
  type Release,
  releaseScheduled,
  type ScheduledRow,
  settleRepeated,
} from './sending-writes';

interface NewScheduled {
  userId: number;
  chatId: number;
  body: string;
  /** Files that it will have. */
  mediaIds: number[];
  clientMessageId: string;
  sendAt: number;
  at: number;
  maxWaiting: number;
}

const noSuchScheduled = () => new ConfabError('not_found', 'There is no such scheduled message');

/**
 * The same request schedules one message, however often it is made. Another one with its
 * `client_message_id`, or with a sent message's, is refused: only one of the two would be sent.
 */
export const schedule = defineWrite<NewScheduled, { row: ScheduledRow; isNew: boolean }>(
  'scheduled.create',
  async (context, input) => {
    const { userId, clientMessageId } = input;
    await mustBeActive(context, userId);
    const known = await context.db
      .selectFrom('scheduled_messages')
      .selectAll()
      .where('user_id', '=', userId)
      .where('client_message_id', '=', clientMessageId)
      .executeTakeFirst();
    if (known && isSame(known, input)) return { row: known, isNew: false };
    if (known) throw taken('Another scheduled message');
    await mustBeUnsent(context, userId, clientMessageId);
    await mustHaveRoom(context, userId, input.maxWaiting);
    const row = await insert(context, input);
    await holdMedia(context, row.id, input);
    return { row, isNew: true };
  },
);

const isSame = (row: ScheduledRow, input: NewScheduled) =>
  row.chat_id === input.chatId && row.body === input.body && row.send_at === input.sendAt;

const taken = (by: string) =>
  new ConfabError('conflict', `${by} of yours has this client_message_id already`);

async function mustBeUnsent({ db }: WriteContext, userId: number, clientMessageId: string) {
  const sent = await db
    .selectFrom('messages')
    .select('id')
    .where('sender_id', '=', userId)
    .where('client_message_id', '=', clientMessageId)
    .executeTakeFirst();
  if (sent) throw taken('A message');
}

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
  /** What is undefined stays as it is at that moment, whoever changes it meanwhile. */
  content: string | undefined;
  sendAt: number | undefined;
  maxWaiting: number;
}

export const reschedule = defineWrite<Change, ScheduledRow>(
  'scheduled.change',
  async (context, { id, userId, content, sendAt, maxWaiting }) => {
    const row = await loadIdle(context, { id, userId });
    await mustBeUnsent(context, userId, row.client_message_id);
    if (row.status === 'failed') await mustHaveRoom(context, userId, maxWaiting);
    const body = content === undefined ? row.body : withContent(row.body, content);
    const at = sendAt ?? row.send_at;
    return context.db
      .updateTable('scheduled_messages')
      .set({
        body,
        send_at: at,
        due_at: at,
        status: 'waiting',
        failure_code: null,
        failure_detail: null,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  },
);

const withContent = (body: string, content: string) =>
  JSON.stringify({ ...JSON.parse(body), content });

export const cancelScheduled = defineWrite<OfUser & Release, null>(
  'scheduled.cancel',
  async (context, input) => {
    await loadIdle(context, input);
    await context.db.deleteFrom('scheduled_messages').where('id', '=', input.id).execute();
    await releaseMedia(context, [input.id], input.mediaUntil);
    return null;
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
  settleRepeated,
  postponeScheduled,
  failScheduled,
  eraseScheduled,
];
