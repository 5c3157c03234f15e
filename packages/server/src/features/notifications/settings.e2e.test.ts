import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';

describe.each(DIALECTS)('quiet hours on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const path = '/api/notifications/settings';
  test('are set as a time of day in a time zone', async () => {
    const ann = await server.user();
    expect(await ann.must('GET', path)).toEqual({
      quiet_from: null,
      quiet_to: null,
      time_zone: 'UTC',
    });
    const hours = { quiet_from: '22:00', quiet_to: '07:30', time_zone: 'Europe/Berlin' };
    expect(await ann.must('PUT', path, hours)).toEqual(hours);
    expect(await ann.must('GET', path)).toEqual(hours);
  });

  test('change in what is named, and in nothing else', async () => {
    const ann = await server.user();
    const hours = { quiet_from: '22:00', quiet_to: '07:30', time_zone: 'Europe/Berlin' };
    await ann.must('PUT', path, hours);
    const later = { ...hours, quiet_from: '23:00' };
    expect(await ann.must('PUT', path, { quiet_from: '23:00' })).toEqual(later);
    expect(await ann.must('PUT', path, {})).toEqual(later);
    const moved = { ...later, time_zone: 'Asia/Tokyo' };
    expect(await ann.must('PUT', path, { time_zone: 'Asia/Tokyo' })).toEqual(moved);
    const none = { quiet_from: null, quiet_to: null };
    const cleared = { ...none, time_zone: 'Asia/Tokyo' };
    expect(await ann.must('PUT', path, none)).toEqual(cleared);
    expect(await ann.must('GET', path)).toEqual(cleared);
  });

  test('never have one end alone', async () => {
    const ann = await server.user();
    const wrong = [{ quiet_from: '22:00' }, { quiet_to: '07:00' }];
    for (const body of wrong) {
      const answer = await ann.call<{ errors: object[] }>('PUT', path, body);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'invalid', errors: [{ path: Object.keys(body)[0] }] },
      });
    }
    const hours = { quiet_from: '22:00', quiet_to: '07:30', time_zone: 'UTC' };
    await ann.must('PUT', path, hours);
    expect((await ann.call('PUT', path, { quiet_to: null })).status).toBe(422);
    expect(await ann.must('GET', path)).toEqual(hours);
  });

  test('never begin and end at the same time, which would silence everything', async () => {
    const ann = await server.user();
    const same = { quiet_from: '22:00', quiet_to: '22:00' };
    const refusal = {
      status: 422,
      body: { code: 'invalid', errors: [{ path: 'quiet_from' }] },
    };
    expect(await ann.call('PUT', path, same)).toMatchObject(refusal);
    await ann.must('PUT', path, { ...same, quiet_to: '07:00' });
    expect(await ann.call('PUT', path, { quiet_from: '07:00' })).toMatchObject(refusal);
    expect(await ann.must('GET', path)).toMatchObject({ quiet_from: '22:00', quiet_to: '07:00' });
  });

  test.each([
    { quiet_from: '22:00', quiet_to: null },
    { quiet_from: '24:00', quiet_to: '07:00' },
    { quiet_from: '9:00', quiet_to: '10:00' },
    { quiet_from: 22, quiet_to: 7 },
    { quiet_from: '22:00', quiet_to: '07:00', time_zone: 'Europe/Atlantis' },
    { quiet_from: '22:00', quiet_to: '07:00', time_zone: '+02:00' },
    { time_zone: null },
  ])('are refused: %j', async (body) => {
    const ann = await server.user();
    expect((await ann.call('PUT', path, body)).status).toBe(422);
  });
});
