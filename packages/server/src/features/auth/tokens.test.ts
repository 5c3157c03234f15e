import { describe, expect, test } from 'bun:test';
import { UnsecuredJWT } from 'jose';
import { ManualClock } from '../../testing/manual-clock';
import { Tokens } from './tokens';

const SECRET = 'a secret of the server, long enough';
const clock = new ManualClock();
const tokens = new Tokens(SECRET, 600, clock.now);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { iss: 'confab', sub: '1', sid: 1, jti: 'x', exp: clock.now() / 1000 + 60 };

/** The token with another header or payload under the signature it had. */
async function tampered(change: { header?: object; payload?: object }): Promise<string> {
  const [header = '', payload = '', signature] = (await tokens.access(1, 2)).split('.');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  return [
    part({ ...read(header), ...change.header }),
    part({ ...read(payload), ...change.payload }),
    signature,
  ].join('.');
}

describe('access tokens', () => {
  test('tell user, session and expiry', async () => {
    const read = await tokens.verifyAccess(await tokens.access(7, 8));
    expect(read).toEqual({ userId: 7, sessionId: 8, expiresAt: clock.now() + 600_000 });
  });

  test('expire', async () => {
    const time = new ManualClock();
    const short = new Tokens(SECRET, 10, time.now);
    const token = await short.access(1, 2);
    time.advance(9_000);
    await short.verifyAccess(token);
    time.advance(1_000);
    await expect(short.verifyAccess(token)).rejects.toMatchObject({ code: 'token_expired' });
    await expect(short.verifyForSocket(token)).rejects.toMatchObject({ code: 'token_expired' });
  });

  const forged: [string, () => string | Promise<string>][] = [
    ['nothing', () => ''],
    ['no JWT', () => 'a.b.c'],
    ['algorithm none', () => new UnsecuredJWT(claims).encode()],
    ['algorithm none under a good signature', () => tampered({ header: { alg: 'none' } })],
    ['another algorithm in the header', () => tampered({ header: { alg: 'HS512' } })],
    ['a key of its own in the header', () => tampered({ header: { jwk: { kty: 'oct', k: '' } } })],
    ['another user', () => tampered({ payload: { sub: '2' } })],
    ['a later expiry', () => tampered({ payload: { exp: 9_999_999_999 } })],
    ["another server's secret", () => new Tokens('another', 600, clock.now).access(1, 2)],
    ['a ticket', () => tokens.ticket(1, 2)],
    ['a refresh token', () => tokens.refresh(1, 1)],
  ];

  test.each(forged)('with %s are refused', async (_, forge) => {
    const token = await forge();
    await expect(tokens.verifyAccess(token)).rejects.toMatchObject({ code: 'invalid_token' });
  });
});

describe('tickets', () => {
  test('are good once', async () => {
    const ticket = await tokens.ticket(1, 2);
    expect(await tokens.verifyForSocket(ticket)).toMatchObject({ userId: 1, sessionId: 2 });
    await expect(tokens.verifyForSocket(ticket)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  test('stay spent while others come and expire', async () => {
    const time = new ManualClock();
    const own = new Tokens(SECRET, 600, time.now);
    await own.verifyForSocket(await own.ticket(1, 2));
    time.advance(20_000);
    const second = await own.ticket(1, 2);
    await own.verifyForSocket(second);
    time.advance(15_000);
    await own.verifyForSocket(await own.ticket(1, 2));
    time.advance(-10_000);
    await expect(own.verifyForSocket(second)).rejects.toMatchObject({ code: 'invalid_token' });
  });
});

describe('refresh tokens', () => {
  test('tell session and generation, and are the same each time', () => {
    const token = tokens.refresh(12, 3);
    expect(tokens.refresh(12, 3)).toBe(token);
    expect(tokens.readRefresh(token)).toEqual({ sessionId: 12, generation: 3 });
  });

  test.each([
    tokens.refresh(12, 3).replace('12.3.', '12.4.'),
    tokens.refresh(12, 3).replace('12.3.', '13.3.'),
    `${tokens.refresh(12, 3)}A`,
    tokens.refresh(12, 3).slice(0, -1),
    '12.3.',
    '',
  ])('%s is refused', (token) => {
    expect(() => tokens.readRefresh(token)).toThrow('not valid');
  });
});
