import type { ScheduledMessage } from '@confab/protocol';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';

const PAGE = 100;

/** What the user scheduled, by chat; null until it is known. */
const scheduled = signal<readonly ScheduledMessage[] | null>(null);
const fault = signal(false);
let asked = 0;

/** Reads the whole list: it is one's own, and short. */
export async function loadScheduled(): Promise<void> {
  const mine = ++asked;
  fault.value = false;
  try {
    const all = await readAll();
    if (mine === asked) scheduled.value = all;
  } catch {
    if (mine === asked) fault.value = true;
  }
}

async function readAll(): Promise<ScheduledMessage[]> {
  const all: ScheduledMessage[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await session.client.api.scheduled({ limit: PAGE, ...(cursor && { cursor }) });
    all.push(...page.items);
    if (page.next_cursor === null) return all;
    cursor = page.next_cursor;
  }
}

function take(id: ScheduledMessage['id'], message: ScheduledMessage | null): void {
  const others = (scheduled.peek() ?? []).filter((one) => one.id !== id);
  scheduled.value = message ? [...others, message] : others;
}

/** Keeps the list current while something shows it. */
export function useScheduled(chatId: ChatId) {
  useEffect(() => {
    const ends = [
      session.client.on('scheduled', ({ scheduled_id, scheduled: message }) =>
        take(scheduled_id, message),
      ),
      session.client.on('connection', ({ state }) => {
        if (state.name === 'online') void loadScheduled();
      }),
    ];
    void loadScheduled();
    return () => {
      for (const end of ends) end();
    };
  }, []);
  const items = scheduled.value
    ?.filter((one) => one.chat_id === chatId)
    .sort((a, b) => a.send_at.localeCompare(b.send_at));
  return { items: items ?? null, hasFailed: fault.value };
}
