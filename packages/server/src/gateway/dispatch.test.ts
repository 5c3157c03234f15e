import { describe, expect, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import type { AllCommandHandlers } from '../realtime/commands';
import type { Connection } from '../realtime/connection';
import { Dispatcher } from './dispatch';

function setUp(handlers: Partial<AllCommandHandlers> = {}) {
  const sent: Record<string, unknown>[] = [];
  const faults: unknown[] = [];
  let refused = 0;
  const take = (frame: string) => void sent.push(JSON.parse(frame));
  const connection = { userId: 1, send: take, sendSoon: take } as unknown as Connection;
  const dispatcher = new Dispatcher(
    handlers as AllCommandHandlers,
    () => refused++,
    (error) => faults.push(error),
  );
  const handle = async (frame: unknown) => {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    await dispatcher.handle(connection, text);
    return sent.at(-1);
  };
  return { handle, sent, faults, refusals: () => refused };
}

describe('a command', () => {
  test('is acknowledged with its request_id and what its handler gives', async () => {
    const { handle, refusals } = setUp({ edit_message: () => ({ rev: 7 }) });
    const frame = { type: 'edit_message', request_id: 'r', message_id: 1, content: 'x' };
    expect(await handle(frame)).toEqual({ type: 'ack', request_id: 'r', rev: 7 });
    expect(refusals()).toBe(0);
  });

  test('without a request_id is not acknowledged; null is none', async () => {
    const { handle, sent } = setUp({ ping: () => ({}) });
    await handle({ type: 'ping' });
    await handle({ type: 'ping', request_id: null });
    expect(sent).toEqual([]);
    expect(await handle({ type: 'ping', request_id: '' })).toEqual({ type: 'ack', request_id: '' });
  });

  test('reaches its handler checked, with defaults and without what nobody knows', async () => {
    const heard: unknown[] = [];
    const { handle } = setUp({
      send_message: (_, command) => {
        heard.push(command);
        throw new ConfabError('overloaded', 'Later', { retryAfterS: 2 });
      },
    });
    const answer = await handle({
      type: 'send_message',
      chat_id: 3,
      is_admin: true,
      request_id: 'r',
    });
    expect(heard).toEqual([{ chat_id: 3, content: '' }]);
    expect(answer).toEqual({
      type: 'error',
      request_id: 'r',
      code: 'overloaded',
      detail: 'Later',
      temporary: true,
      retry_after_s: 2,
    });
  });

  test('that fails inside is told without its text, and reported', async () => {
    const { handle, faults, refusals } = setUp({
      ping: () => {
        throw new Error('password of the database');
      },
    });
    const answer = await handle({ type: 'ping', request_id: 'r' });
    expect(answer).toMatchObject({ request_id: 'r', code: 'internal', temporary: true });
    expect(JSON.stringify(answer)).not.toContain('password');
    expect(String(faults[0])).toContain('password');
    expect(refusals()).toBe(1);
  });

  test('that is no command is refused and counted', async () => {
    const { handle, refusals } = setUp();
    expect(await handle('{')).toMatchObject({ code: 'invalid_json' });
    expect(await handle('[]')).toMatchObject({ code: 'invalid' });
    expect(await handle({ type: 'toString', request_id: 'r' })).toMatchObject({
      request_id: 'r',
      code: 'unknown_type',
    });
    expect(await handle({ type: 'ping', request_id: { x: 1 } })).toMatchObject({ code: 'invalid' });
    expect(refusals()).toBe(4);
  });
});
