import { session } from '../../state/session';
import type { Chat, Message } from '../../state/types';
import { Ticks } from '../conversation/ticks';

/** What became of one's own last message; null where the last word is another one's. */
function standingOf(chat: Chat): Message['status'] | 'pending' | null {
  const pending = session.pending(chat.id).at(-1);
  if (pending) return pending.status === 'failed' ? 'failed' : 'pending';
  const self = session.client.userId;
  const last = chat.last_message;
  if (!last || last.sender_id !== self || last.is_deleted) return null;
  // Nobody but oneself reads one's notes.
  if (chat.peer?.id === self || last.content_type === 'system') return null;
  return session.client.current(last).status;
}

export function RowTicks({ chat }: { chat: Chat }) {
  const standing = standingOf(chat);
  return standing && <Ticks status={standing} />;
}
