import { afterEach, describe, expect, test } from 'bun:test';
import { PushRecord } from '@confab/protocol';
import pino from 'pino';
import { startServer } from '../../app/server';
import { readSettings } from '../../config/settings';
import { DIALECTS, testDatabase } from '../../testing/databases';
import { count } from '../../testing/peek';
import { FakeGoogle, FCM_ANSWERS, fault } from '../../testing/push/fake-google';
import { FIRST_RETRY_MS, NOTIFICATION, PushWorld } from '../../testing/push/push-world';
import { PASSWORD, TestUser } from '../../testing/user';
import { eventually } from '../../testing/waiting';
import type { Worded } from './provider';

const TOKEN = `secret-token:${'A'.repeat(140)}`;
const DELIVERED = 'delivered: Firebase took it.';
const HOUR_MS = 3_600_000;

describe.each(DIALECTS)('the push log on %s', (dialect) => {
  let world: PushWorld;
  const started = async (env: Record<string, string> = {}) => {
    world = await PushWorld.start(dialect, env);
    return world.phone(TOKEN);
  };
  afterEach(() => world.stop());

  test('says when, on which device and how, without its token', async () => {
    const user = await started();
    await world.send(user);
    await world.outcomes(user, 1);
    const records = await world.explain(user);
    expect(records).toEqual([
      {
        at: new Date(world.clock.now()).toISOString(),
        notification_id: 31,
        device: 'Firebase (android) secret…AAAA',
        outcome: DELIVERED,
      },
    ]);
    expect(PushRecord.array().parse(records)).toEqual(records);
  });

  test('keeps nothing of somebody whose account was erased meanwhile', async () => {
    await started();
    const user = await world.server.user('gone');
    const { push } = world.server.services;
    await user.must('DELETE', '/api/auth/me', { password: PASSWORD });
    push.note(user.id, 5, 'muted');
    const here = await world.server.user('here');
    push.note(here.id, 6, 'muted');
    await world.pass(1000);
    await world.outcomes(here, 1);
    expect(await count(world.server.env, 'select count(*) from push_log')).toBe(1);
  });

  test('says why none was sent', async () => {
    await started();
    const { push } = world.server.services;
    const user = await world.server.user('nobody');
    push.note(user.id, 5, 'muted');
    await world.send(user);
    expect(await world.outcomes(user, 2)).toEqual([
      'not sent: muted',
      'not sent: no device registered',
    ]);
    expect(await world.explain(await world.server.user('other'))).toEqual([]);
  });

  test('is written within a second, and keeps the newest fifty of each user', async () => {
    const user = await started();
    const { push } = world.server.services;
    for (let i = 1; i <= 130; i++) push.note(user.id, i, `reason ${i}`);
    await world.pass(1000);
    const records = await world.explain(user);
    expect(records.map((record) => record.notification_id)).toEqual(
      Array.from({ length: 50 }, (_, i) => 130 - i),
    );
    await world.server.restart();
    expect(await world.explain(user)).toEqual(records);
  });

  test('has the same reason once a minute', async () => {
    const user = await started();
    const { push } = world.server.services;
    for (let i = 1; i <= 3; i++) push.note(user.id, i, 'muted');
    push.note(user.id, 4, 'quiet hours');
    world.clock.advance(60_000);
    push.note(user.id, 5, 'muted');
    await world.outcomes(user, 3);
    const ids = (await world.explain(user)).map((record) => record.notification_id);
    expect(ids).toEqual([5, 4, 1]);
  });

  test('survives notes about users who are not there', async () => {
    const user = await started();
    const { push } = world.server.services;
    push.note(7e8, 1, 'nobody');
    push.note(user.id, 2, 'muted');
    expect(await world.outcomes(user, 1)).toEqual(['not sent: muted']);
    expect(await push.explain(7e8)).toEqual([]);
  });

  test('what waits at a stop is sent after the next start', async () => {
    const user = await started();
    world.google.failSends({ kind: 'reset' });
    await world.send(user);
    await world.planned(FIRST_RETRY_MS);
    await world.server.restart();
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
    await world.server.restart();
    await world.send(user, { chatId: 8 });
    await world.outcomes(user, 2);
    expect(world.google.messages.map(({ data }) => data.chat_id)).toEqual(['7', '8']);
  });

  test('what hangs at a stop does not hold it up, and is sent after the next start', async () => {
    const user = await started();
    world.google.failSends({ kind: 'hang' });
    await world.send(user);
    await world.google.sendsCounted(1);
    await world.server.restart();
    expect(await world.outcomes(user, 1)).toEqual([DELIVERED]);
  });

  test('what waited for longer than an hour is given up', async () => {
    const user = await started();
    world.google.failSends({ kind: 'reset' });
    await world.send(user);
    await world.planned(FIRST_RETRY_MS);
    await world.server.restart(() => world.clock.leap(HOUR_MS + 1));
    expect(await world.outcomes(user, 1)).toEqual([
      'given up: The server was stopped for too long.',
    ]);
    expect(world.google.messages).toEqual([]);
  });

  test('is counted in the metrics', async () => {
    const user = await started({ METRICS: 'on' });
    await world.send(user);
    await world.outcomes(user, 1);
    const metrics = await (await fetch(`${world.server.url}/metrics`)).text();
    expect(metrics).toContain('\nconfab_push_total{outcome="delivered"} 1\n');
    expect(metrics).toContain('\nconfab_push_queue 0\n');
  });

  test('without Firebase it says so', async () => {
    const user = await started({ FIREBASE_CREDENTIALS_JSON: '' });
    await world.send(user);
    expect(await world.outcomes(user, 1)).toEqual([
      'not sent: Firebase is not set up on this server.',
    ]);
  });
});

test("the server's log tells of trouble, but neither tokens nor texts", async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const database = await testDatabase('sqlite');
  const google = await FakeGoogle.start(Date.now);
  const env = { HOST: '127.0.0.1', PORT: '0', FIREBASE_CREDENTIALS_JSON: google.credentials() };
  const settings = readSettings({ ...env, ...database.env });
  const texts = { title: 'The secret title', body: 'The secret body' };
  const worded: Worded = async (_, notification) => ({ ...notification, ...texts });
  const server = await startServer(settings, log, { push: { fcmUrl: google.url, worded } });
  const { push } = server.services;
  const user = await TestUser.register(() => server.url, 'ann');
  await user.must('POST', '/api/auth/device-token', { device_token: TOKEN });
  google.failSends(fault(FCM_ANSWERS.otherProject), fault(FCM_ANSWERS.unregistered));
  for (const chatId of [1, 2]) await push.send(user.id, { ...NOTIFICATION, ...texts, chatId });
  await eventually(async () => (await push.explain(user.id)).length === 2, 'The log');
  expect(lines.join('')).toContain('another Firebase project');
  for (const secret of ['secret title', 'secret body', 'secret-', 'PRIVATE KEY', 'ya29.']) {
    expect(lines.join('')).not.toContain(secret);
  }
  await server.stop();
  await google.stop();
  await database.drop();
});
