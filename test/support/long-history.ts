import type { TestServer } from '../../packages/server/src/testing/server';

interface LongHistory {
  readonly chatId: number;
  readonly senders: readonly [number, number];
  readonly count: number;
  /** Milliseconds between a message and the next. */
  readonly stepMs?: number;
}

const WORDS = 'the mountains and the rivers and what we ate there in the evening '.repeat(6);

/**
 * Gives a chat without messages many, which everybody read, behind the server's back: in a second, not
 * in minutes. The messages differ in length; their senders take turns.
 */
export async function fillHistory(server: TestServer, history: LongHistory): Promise<void> {
  const { chatId, senders, count, stepMs = 60_000 } = history;
  const first = Date.now() - count * stepMs;
  await server.restart(async () => {
    await server.change(`
      with recursive n(seq) as (select 1 union all select seq + 1 from n where seq < ${count})
      insert into messages
        (chat_id, seq, rev, sent_rev, sender_id, content, content_type, created_at)
      select ${chatId}, seq, seq + chats.rev, seq + chats.rev,
        case when (seq / 3) % 2 = 0 then ${senders[0]} else ${senders[1]} end,
        'Message ' || seq || ': ' || substr('${WORDS}', 1, (seq * 37) % 300),
        'text', ${first} + seq * ${stepMs}
      from n join chats on chats.id = ${chatId}`);
    await server.change(`
      update chats set rev = rev + ${count}, last_seq = ${count}, last_activity_at = ${Date.now()}
      where id = ${chatId}`);
    await server.change(`
      update chat_members set last_read_seq = ${count}, last_delivered_seq = ${count}
      where chat_id = ${chatId}`);
  });
}
