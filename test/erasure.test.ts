import { afterEach, describe, expect, test } from 'bun:test';
import type { ChatDetails, Message } from '@confab/protocol';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { count } from '../packages/server/src/testing/peek';
import { PASSWORD, TestUser } from '../packages/server/src/testing/user';
import { eventually } from '../packages/server/src/testing/waiting';
import { MortalServer } from './support/mortal-server';

const GROUPS = 60;
const PATIENCE_MS = 120_000;

describe.each(DIALECTS)('an erasure on %s', (dialect) => {
  let server: MortalServer;
  afterEach(() => server.drop());

  /** Makes it long in one chat, so that the kill finds it in the middle, however busy the machine is. */
  async function dawdleIn(chatId: number): Promise<void> {
    const { database } = server;
    if (dialect === 'sqlite') {
      await database.change(`
        create trigger dawdle after update of left_at on chat_members when new.chat_id = ${chatId}
        begin
          select count(length(hex(randomblob(10000000)))) from (select id from chats limit 30);
        end`);
      return;
    }
    await database.change(`
      create function dawdle() returns trigger language plpgsql as
      $$ begin perform pg_sleep(2); return new; end $$`);
    await database.change(`
      create trigger dawdle after update of left_at on chat_members
      for each row when (new.chat_id = ${chatId}) execute function dawdle()`);
  }

  const pending = () => count(server.database.env, 'select count(*) from erasures');

  test(
    'that is broken off by kill -9 is finished after the next start',
    async () => {
      server = await MortalServer.start(dialect);
      const url = () => server.url;
      const ann = await TestUser.register(url, 'ann');
      const ben = await TestUser.register(url, 'ben');
      const groups = await Promise.all(
        Array.from({ length: GROUPS }, (_, n) => ann.group(`Group ${n}`, ben)),
      );
      const chats = [...groups, await ann.direct(ben)];
      for (const chat of chats) await ann.send(chat.id, 'I was here');
      const present = () =>
        count(
          server.database.env,
          `select count(*) from chat_members where user_id = ${ann.id} and left_at is null`,
        );

      await dawdleIn(groups[GROUPS / 2]?.id ?? 0);
      const answer = ann.call('DELETE', '/api/auth/me', { password: PASSWORD }).catch(() => {});
      await eventually(async () => (await pending()) === 1 && (await present()) < GROUPS, 'a part');
      await server.kill();
      await answer;
      // Killed in the middle, or else this test would show nothing.
      expect(await pending()).toBe(1);
      expect(await present()).toBeGreaterThan(1);

      await server.start();
      await eventually(async () => (await pending()) === 0, 'the end of the erasure');
      for (const chat of groups) {
        const details = await ben.must<ChatDetails>('GET', `/api/chats/${chat.id}`);
        expect(details).toMatchObject({ my_role: 'owner', member_count: 1 });
        const { items } = await ben.must<{ items: Message[] }>('GET', `/api/messages/${chat.id}`);
        expect(items.map(({ content }) => content)).toEqual([
          'I was here',
          'deleted user left',
          'ben is now the owner',
        ]);
      }
      expect((await ann.call('GET', '/api/auth/me')).status).toBe(401);
    },
    PATIENCE_MS,
  );
});
