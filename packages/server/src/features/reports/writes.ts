import { ConfabError } from '@confab/protocol/failure';
import { mustBeActive } from '../../storage/active-account';
import { defineWrite, type WriteContext } from '../../storage/write';
import { type Action, mustBeAdmin, record } from '../audit/writes';
import { activeMember } from '../chats/writes';
import { mustExist } from '../users/writes';

export interface NewReport {
  reporterId: number;
  messageId: number | null;
  userId: number | null;
  reason: string;
  at: number;
}

/** What is reported, as it is at this moment. */
interface Subject {
  about_id: number;
  chat_id: number | null;
  content: string | null;
  content_type: 'text' | 'image' | 'video' | 'audio' | 'file' | 'system' | null;
  sent_at: number | null;
}

/** @returns the report's id, and whether it is new: an open one of the same kind is found again */
export const createReport = defineWrite<NewReport, { id: number; created: boolean }>(
  'reports.create',
  async (context, input) => {
    await mustBeActive(context, input.reporterId);
    const subject =
      input.messageId !== null
        ? await reportedMessage(context, input.messageId, input.reporterId)
        : await reportedUser(context, input.userId ?? 0);
    const known = await openReport(context, input);
    if (known !== undefined) return { id: known, created: false };
    const { id } = await context.db
      .insertInto('reports')
      .values({
        ...subject,
        reporter_id: input.reporterId,
        message_id: input.messageId,
        user_id: input.userId,
        reason: input.reason,
        state: 'open',
        created_at: input.at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, created: true };
  },
);

export const aboutOneself = (path: 'user_id' | 'message_id') =>
  new ConfabError('invalid', 'Nobody can report themselves', {
    errors: [{ path, message: 'must be about somebody else' }],
  });

/** A copy is kept, so that it can be judged after its sender deleted it. */
async function reportedMessage(
  context: WriteContext,
  messageId: number,
  reporterId: number,
): Promise<Subject> {
  const row = await context.db
    .selectFrom('messages as m')
    .innerJoin('chats as c', 'c.id', 'm.chat_id')
    .select(['m.chat_id', 'm.sender_id', 'm.content', 'm.content_type', 'm.created_at'])
    .select('c.is_encrypted')
    .where('m.id', '=', messageId)
    .executeTakeFirst();
  const seen = row && (await activeMember(context, row.chat_id, reporterId));
  if (!row || !seen) throw new ConfabError('not_found', 'There is no such message');
  if (row.sender_id === reporterId) throw aboutOneself('message_id');
  return {
    about_id: row.sender_id,
    chat_id: row.chat_id,
    content: row.is_encrypted === 1 ? null : row.content,
    content_type: row.content_type,
    sent_at: row.created_at,
  };
}

async function reportedUser(context: WriteContext, userId: number): Promise<Subject> {
  await mustExist(context, userId);
  return { about_id: userId, chat_id: null, content: null, content_type: null, sent_at: null };
}

async function openReport({ db }: WriteContext, report: NewReport): Promise<number | undefined> {
  const row = await db
    .selectFrom('reports')
    .select('id')
    .where('reporter_id', '=', report.reporterId)
    .where('state', '=', 'open')
    .where('message_id', report.messageId === null ? 'is' : '=', report.messageId)
    .where('user_id', report.userId === null ? 'is' : '=', report.userId)
    .executeTakeFirst();
  return row?.id;
}

/** Closing it twice is closing it once. */
export const resolveReport = defineWrite<Action & { reportId: number; note: string | null }, null>(
  'reports.resolve',
  async (context, input) => {
    await mustBeAdmin(context, input.operator);
    const report = await context.db
      .selectFrom('reports')
      .select(['about_id', 'state'])
      .where('id', '=', input.reportId)
      .executeTakeFirst();
    if (!report) throw new ConfabError('not_found', 'There is no such report');
    if (report.state === 'resolved') return null;
    const { operator, at } = input;
    await context.db
      .updateTable('reports')
      .set({
        state: 'resolved',
        note: input.note,
        resolved_by: operator.kind === 'admin' ? operator.userId : null,
        resolved_at: at,
      })
      .where('id', '=', input.reportId)
      .execute();
    await record(context, input, {
      action: 'report.resolve',
      targetId: report.about_id,
      details: { report_id: input.reportId },
    });
    return null;
  },
);

export const reportWrites = [createReport, resolveReport];
