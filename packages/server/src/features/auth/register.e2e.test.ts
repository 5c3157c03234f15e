import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Problem, RESERVED_USERNAMES, TokenWithUser } from '@confab/protocol';
import { DIALECTS } from '../../testing/databases';
import { TestServer } from '../../testing/server';
import { call, PASSWORD } from '../../testing/user';

describe.each(DIALECTS)('registering on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect });
  });
  afterAll(() => server.stop());

  const register = <T = Problem>(fields: Record<string, unknown>) => {
    const name = String(fields.username ?? 'someone').toLowerCase();
    const email = `${name.replaceAll('.', '-')}@example.org`;
    const body = { username: name, email, password: PASSWORD, ...fields };
    return call<T>(server.url, 'POST', '/api/auth/register', { body });
  };

  test('answers 201 with tokens and the user as they see themselves', async () => {
    const answer = await register<TokenWithUser>({ username: 'ann', full_name: 'Ann Lee' });
    expect(answer.status).toBe(201);
    expect(TokenWithUser.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({
      token_type: 'bearer',
      expires_in: 600,
      user: { username: 'ann', email: 'ann@example.org', full_name: 'Ann Lee', is_active: true },
    });
    const me = await call(server.url, 'GET', '/api/auth/me', { token: answer.body.access_token });
    expect(me.body).toEqual(answer.body.user);
  });

  test('stores names and addresses in lower case', async () => {
    const answer = await register<TokenWithUser>({ username: 'BoB.B_1', email: 'Bob@Example.ORG' });
    expect(answer.body.user).toMatchObject({ username: 'bob.b_1', email: 'bob@example.org' });
  });

  test('refuses a name that is taken, whatever its case', async () => {
    await register({ username: 'carol' });
    const answer = await register({ username: 'CAROL', email: 'other@example.org' });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('username_taken');
  });

  test('refuses an address that is taken, whatever its case', async () => {
    await register({ username: 'dave' });
    const answer = await register({ username: 'dave2', email: 'DAVE@example.org' });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('email_taken');
  });

  test('of many who want one name at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => register({ username: 'eve', email: `eve${i}@x.org` })),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([201, ...Array(7).fill(409)]);
  });

  test.each([...RESERVED_USERNAMES, 'Admin', 'ALL'])('the name %s is taken', async (username) => {
    const answer = await register({ username, email: `${username}.2@example.org` });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('username_taken');
  });

  test.each([
    ['ab', 'too short'],
    ['a'.repeat(33), 'too long'],
    ['.abc', 'a dot in front'],
    ['abc.', 'a dot behind'],
    ['a-bc', 'a hyphen'],
    ['añb', 'a letter beyond a to z'],
    ['a b', 'a space'],
    ['', 'nothing'],
  ])('the name "%s" is refused: %s', async (username) => {
    const answer = await register({ username, email: 'fine@example.org' });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ path: 'username' }]);
  });

  test.each(['abc', 'a'.repeat(32), '_._', '0.0', 'a..b'])(
    'the name "%s" is good',
    async (name) => {
      expect((await register({ username: name })).status).toBe(201);
    },
  );

  test.each([
    ['password', 'seven77'],
    ['password', 'x'.repeat(129)],
    ['password', 12345678],
    ['email', 'nobody'],
    ['email', ''],
    ['email', null],
    ['full_name', 'x'.repeat(101)],
    ['full_name', 'NUL \u0000'],
    ['full_name', '\ud800'],
  ])('%s %j is refused', async (field, value) => {
    const answer = await register({ username: 'frank', [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'invalid', errors: [{ path: field }] });
  });

  test('fields that nobody knows are ignored, never obeyed', async () => {
    const answer = await register<TokenWithUser>({ username: 'gina', id: 1, is_active: false });
    expect(answer.status).toBe(201);
    expect(answer.body.user.is_active).toBe(true);
    expect(answer.body.user.id).not.toBe(1);
  });
});
