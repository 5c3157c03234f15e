import type { World } from '../world';

const WAITING = `select id, status, send_at from scheduled_messages`;
const ENDED = `
  select m.id from messages m join chats c on c.id = m.chat_id
  where m.is_deleted = 0 and c.is_active = 1 and m.expires_at <= `;

/** How long after its time something may still be under way, milliseconds. */
const SOON_MS = 3_000;

/** Promise 9: what disappears is erased in its time. */
export function checkDisappeared({ store, timeline, fail }: World): void {
  const ended = store.query<{ id: number }>(`${ENDED}${timeline.now() - SOON_MS}`);
  for (const { id } of ended) fail('9', `message ${id} is there after its end`);
}

/** Promise 10: what waited for its time was sent once, or its author is told why not. */
export function checkScheduled({ store, model, timeline, fail }: World): void {
  const rows = new Map(
    store
      .query<{ id: number; status: string; send_at: number }>(WAITING)
      .map((row) => [row.id, row]),
  );
  for (const [id, known] of model.scheduled) {
    const row = rows.get(id);
    const what = `scheduled message ${id} of user ${known.userId}`;
    const count = sentTimes(model, known.chatId, known.clientMessageId);
    if (count > 1) fail('10', `${what} is in chat ${known.chatId} ${count} times`);
    if (!row && count === 0) fail('10', `${what} is lost`);
    if (row && count > 0) fail('10', `${what} was sent, and is listed as ${row.status}`);
    const isLate = row?.status !== 'failed' && (row?.send_at ?? 0) < timeline.now() - SOON_MS;
    if (row && isLate) fail('10', `${what} is ${row.status} after its time`);
  }
}

function sentTimes({ chats }: World['model'], chatId: number, clientMessageId: string): number {
  const changes = chats.get(chatId)?.changes ?? [];
  const sent = changes.filter(
    (change) => change.kind === 'sent' && change.message.clientMessageId === clientMessageId,
  );
  return sent.length;
}
