import type { ErrorCode, ScheduledMessage, SendMessage } from '@confab/protocol';
import { iso } from '../../lib/clock';
import type { ScheduledRow } from './sending-writes';

/** What will be sent, as it was checked when it was scheduled. */
export function bodyOf(row: ScheduledRow): SendMessage {
  return { ...JSON.parse(row.body), client_message_id: row.client_message_id };
}

export function presentScheduled(row: ScheduledRow): ScheduledMessage {
  const body = bodyOf(row);
  return {
    id: row.id as ScheduledMessage['id'],
    chat_id: row.chat_id as ScheduledMessage['chat_id'],
    content: body.content,
    content_type: body.message_type ?? body.content_type ?? 'text',
    reply_to_id: body.reply_to_id ?? null,
    media_ids: body.media_ids ?? [],
    client_message_id: row.client_message_id,
    send_at: iso(row.send_at),
    status: row.status,
    failure: failureOf(row),
    created_at: iso(row.created_at),
  };
}

function failureOf(row: ScheduledRow): ScheduledMessage['failure'] {
  if (row.failure_code === null) return null;
  return { code: row.failure_code as ErrorCode, detail: row.failure_detail ?? '' };
}
