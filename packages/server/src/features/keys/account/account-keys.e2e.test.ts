import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { generateKeyPairSync, privateDecrypt } from 'node:crypto';
import type { AccountKey, EncryptedText, PublicKeys, TokenWithUser, User } from '@confab/protocol';
import { DIALECTS } from '../../../testing/databases';
import { ManualClock } from '../../../testing/manual-clock';
import { TestServer } from '../../../testing/server';
import { call, PASSWORD, type TestUser } from '../../../testing/user';

const GENERATE = '/api/encryption/generate-keys';
const FAILED = { status: 422, body: { code: 'decryption_failed' } };

describe.each(DIALECTS)('account keys on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    const env = { RATE_LIMITS: 'off', ENCRYPTION_MODE: 'assisted' };
    server = await TestServer.start({ dialect, env });
  });
  afterAll(() => server.stop());

  const encrypt = (who: TestUser, message: string, ...to: TestUser[]) =>
    who.must<EncryptedText>('POST', '/api/encryption/encrypt', {
      message,
      recipient_user_ids: to.map((one) => one.id),
    });
  const decrypt = (who: TestUser, encrypted: string, more: object = {}) =>
    who.call<{ message: string }>('POST', '/api/encryption/decrypt', { encrypted, ...more });
  const generate = (who: TestUser, body: object = {}) =>
    who.call<AccountKey>('POST', GENERATE, body);
  const keyOf = (who: TestUser) => who.must<PublicKeys>('GET', '/api/encryption/public-key');

  async function signIn(who: TestUser, password: string): Promise<TokenWithUser> {
    const body = { username: who.username, password };
    const answer = await call<TokenWithUser>(server.url, 'POST', '/api/auth/login', { body });
    if (answer.status !== 200) throw new Error(`Login: ${answer.status}`);
    return answer.body;
  }

  test('are made at registration, shown, and open what is encrypted to them', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const key = await keyOf(ann);
    expect(key).toMatchObject({ custody: 'server_wrapped', version: 1, device_list: null });
    const shown = await bob.must<User>('GET', `/api/users/${ann.id}`);
    expect(shown.public_key).toBe(key.public_key as string);
    expect(await generate(ann)).toMatchObject({
      status: 200,
      body: { created: false, key_id: key.key_id as string },
    });
    const { encrypted, key_ids } = await encrypt(bob, 'Hällo Ann', ann, bob);
    expect(key_ids).toEqual([key.key_id as string, (await keyOf(bob)).key_id as string]);
    expect(encrypted).not.toContain('Hällo');
    for (const who of [ann, bob]) {
      expect(await decrypt(who, encrypted)).toMatchObject({
        status: 200,
        body: { message: 'Hällo Ann' },
      });
    }
    const one = await bob.must<EncryptedText>('POST', '/api/encryption/encrypt', {
      message: 'To one',
      recipient_user_id: ann.id,
    });
    expect((await decrypt(ann, one.encrypted)).body.message).toBe('To one');
  });

  test('open by the password too, and go on opening after a refresh', async () => {
    const ann = await server.user('ann');
    const { encrypted } = await encrypt(ann, 'Hello', ann);
    const byPassword = await decrypt(ann, encrypted, { password: PASSWORD });
    expect(byPassword.body.message).toBe('Hello');
    expect(await decrypt(ann, encrypted, { password: 'wrong' })).toMatchObject(FAILED as object);
    const body = { refresh_token: ann.refreshToken };
    const renewed = await call<TokenWithUser>(server.url, 'POST', '/api/auth/refresh', { body });
    ann.token = renewed.body.access_token;
    expect((await decrypt(ann, encrypted)).body.message).toBe('Hello');
  });

  test('fail alike, whatever is wrong', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const { encrypted } = await encrypt(ann, 'Hello', ann);
    const jwe = JSON.parse(encrypted);
    const broken = [
      'nonsense',
      '{}',
      JSON.stringify({ ...jwe, tag: 'AAAAAAAAAAAAAAAAAAAAAA' }),
      JSON.stringify({ ...jwe, recipients: [] }),
      JSON.stringify({
        ...jwe,
        recipients: [{ ...jwe.recipients[0], encrypted_key: 'AAAA' }],
      }),
      JSON.stringify({ ...jwe, protected: Buffer.from('{"enc":"A128GCM"}').toString('base64url') }),
    ];
    const answers = [
      await decrypt(bob, encrypted),
      ...(await Promise.all(broken.map((text) => decrypt(ann, text)))),
    ].map(({ status, body }) => {
      const { request_id: _, ...told } = body as unknown as Record<string, unknown>;
      return { status, told };
    });
    expect(answers[0]?.status).toBe(422);
    for (const answer of answers) expect(answer).toEqual(answers[0] as never);
  });

  test('are replaced by rotation, with the unlock or the password', async () => {
    const ann = await server.user('ann');
    const before = await keyOf(ann);
    const { encrypted } = await encrypt(ann, 'Old', ann);
    expect(await generate(ann, { rotate: true, password: 'wrong' })).toMatchObject(
      FAILED as object,
    );
    const rotated = await generate(ann, { rotate: true });
    expect(rotated).toMatchObject({ status: 201, body: { version: 2, created: true } });
    expect((await keyOf(ann)).key_id).not.toBe(before.key_id);
    expect(await decrypt(ann, encrypted)).toMatchObject(FAILED as object);
    const fresh = await encrypt(ann, 'New', ann);
    expect((await decrypt(ann, fresh.encrypted)).body.message).toBe('New');
    expect((await generate(ann, { rotate: true, password: PASSWORD })).body.version).toBe(3);
  });

  test('are sealed again when the password changes, and the old unlock is worth nothing', async () => {
    const ann = await server.user('ann');
    const key = await keyOf(ann);
    const { encrypted } = await encrypt(ann, 'Hello', ann);
    const change = { current_password: PASSWORD, new_password: 'battery staple' };
    await ann.must('POST', '/api/auth/change-password', change);
    expect(await decrypt(ann, encrypted)).toMatchObject(FAILED as object);
    expect(await decrypt(ann, encrypted, { password: PASSWORD })).toMatchObject(FAILED as object);
    const byNew = await decrypt(ann, encrypted, { password: 'battery staple' });
    expect(byNew.body.message).toBe('Hello');
    ann.token = (await signIn(ann, 'battery staple')).access_token;
    expect((await decrypt(ann, encrypted)).body.message).toBe('Hello');
    expect(await keyOf(ann)).toMatchObject({ key_id: key.key_id, version: 1 });
  });

  test('are destroyed by a reset without the old password, and made anew at the next login', async () => {
    const ann = await server.user('ann');
    const key = await keyOf(ann);
    const admin = await server.admin();
    const path = `/api/admin/users/${ann.id}/reset-password`;
    await admin.must('POST', path, { password: 'another one' });
    expect((await admin.call('GET', `/api/encryption/public-key/${ann.id}`)).status).toBe(404);
    ann.token = (await signIn(ann, 'another one')).access_token;
    const made = await keyOf(ann);
    expect(made).toMatchObject({ version: 2, custody: 'server_wrapped' });
    expect(made.key_id).not.toBe(key.key_id);
  });

  test('give way to a key of one’s own, which the server cannot use', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await bob.direct(ann);
    const socket = await bob.connect();
    const own = ownPair();
    const put = (version: number, public_key = own.publicKey) =>
      ann.call<PublicKeys>('PUT', '/api/encryption/public-key', { public_key, version });
    await keyOf(ann);
    expect(await put(0)).toMatchObject({ status: 409, body: { code: 'stale_key' } } as object);
    expect((await put(1, own.privateKey)).status).toBe(422);
    expect(await put(1)).toMatchObject({ status: 200, body: { custody: 'client', version: 2 } });
    await socket.event('encryption.key_changed', (frame) => frame.version === 2);
    const { encrypted } = await encrypt(bob, 'For you alone', ann);
    expect(await decrypt(ann, encrypted)).toMatchObject({
      status: 409,
      body: { code: 'key_not_on_server' },
    } as object);
    const [recipient] = JSON.parse(encrypted).recipients;
    const wrapped = Buffer.from(recipient.encrypted_key, 'base64url');
    const secret = privateDecrypt({ key: own.privateKey, oaepHash: 'sha256' }, wrapped);
    expect(secret).toHaveLength(32);
    await signIn(ann, PASSWORD);
    expect(await keyOf(ann)).toMatchObject({ custody: 'client', version: 2 });
    const change = { current_password: PASSWORD, new_password: 'battery staple' };
    await ann.must('POST', '/api/auth/change-password', change);
  });

  test('are one’s own from the start where one brings a key', async () => {
    const { publicKey: public_key } = ownPair();
    const register = (username: string, key: string) =>
      call<TokenWithUser>(server.url, 'POST', '/api/auth/register', {
        body: { username, email: `${username}@example.org`, password: PASSWORD, public_key: key },
      });
    const answer = await register('brings', public_key);
    expect(answer).toMatchObject({ status: 201, body: { user: { public_key } } } as object);
    const bad = public_key.replace('MII', 'AAA');
    expect((await register('brings_bad', bad)).status).toBe(422);
    expect((await register('brings_bad', public_key)).status).toBe(201);
  });

  test('are not to be had of who blocks, and not for encrypted chats', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    await keyOf(ann);
    const body = { message: 'Hello', recipient_user_id: ann.id };
    const secret = await bob.must<{ id: number }>('POST', '/api/chats/group', {
      name: 'Secret',
      is_encrypted: true,
    });
    const send = (more: object) =>
      bob.call('POST', '/api/encryption/encrypt', { ...body, ...more });
    const only = { status: 409, body: { code: 'client_side_only' } };
    expect(await send({ chat_id: secret.id })).toMatchObject(only);
    expect(await decrypt(bob, '{}', { chat_id: secret.id })).toMatchObject(only as object);
    expect((await send({ chat_id: 999_999 })).status).toBe(404);
    expect((await send({ recipient_user_id: 999_999 })).status).toBe(404);
    expect((await send({ recipient_user_ids: [ann.id] })).status).toBe(422);
    expect((await send({ message: 'ä'.repeat(40_000) })).status).toBe(413);
    await ann.must('PUT', `/api/users/${bob.id}/block`);
    expect((await send({})).status).toBe(404);
  });
});

describe('account keys', () => {
  test('are tried ten times a minute', async () => {
    const clock = new ManualClock();
    const env = { ENCRYPTION_MODE: 'assisted' };
    const server = await TestServer.start({ clock, env });
    const ann = await server.user('ann');
    const attempt = () => ann.call('POST', '/api/encryption/decrypt', { encrypted: '{}' });
    for (let i = 0; i < 10; i++) expect((await attempt()).status).toBe(422);
    expect((await attempt()).status).toBe(429);
    clock.advance(6_000);
    expect((await attempt()).status).toBe(422);
    await server.stop();
  });

  test('are replaced ten times an hour: each costs a processor half a second', async () => {
    const server = await TestServer.start({ env: { ENCRYPTION_MODE: 'assisted' } });
    const ann = await server.user('ann');
    const rotate = () => ann.call('POST', GENERATE, { rotate: true });
    for (let i = 0; i < 10; i++) expect((await rotate()).status).toBe(201);
    expect((await rotate()).status).toBe(429);
    expect((await ann.call('POST', GENERATE, {})).status).toBe(200);
    await server.stop();
  });

  test('are neither made nor used by a strict server', async () => {
    const server = await TestServer.start({ env: { ENCRYPTION_MODE: 'strict' } });
    const ann = await server.user('ann');
    const only = { status: 403, body: { code: 'client_side_only' } };
    const body = { message: 'Hello', recipient_user_id: ann.id };
    expect(await ann.call('POST', '/api/encryption/encrypt', body)).toMatchObject(only);
    const sealed = { encrypted: '{}' };
    expect(await ann.call('POST', '/api/encryption/decrypt', sealed)).toMatchObject(only);
    expect(await ann.call('POST', GENERATE, {})).toMatchObject(only);
    expect((await ann.call('GET', '/api/encryption/public-key')).status).toBe(404);
    const own = { public_key: ownPair().publicKey, version: 0 };
    expect((await ann.call('PUT', '/api/encryption/public-key', own)).status).toBe(200);
    await server.stop();
  });
});

function ownPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
