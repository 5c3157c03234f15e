import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type EncryptionDevice, LIMITS, PublicKeys, type StoredList } from '@confab/protocol';
import { makeDeviceList } from '../../../../../client/src/e2ee/devices/device-list';
import { randomId } from '../../../../../client/src/e2ee/keys/device-keys';
import { generateSigningPair } from '../../../../../client/src/e2ee/keys/signing';
import { listed } from '../../../../../client/src/e2ee/testing/people';
import { DIALECTS } from '../../../testing/databases';
import {
  EncryptedUser,
  freshDevice,
  registrationOf,
  reuseKeys,
} from '../../../testing/encryption-world';
import { count } from '../../../testing/peek';
import { TestServer } from '../../../testing/server';
import { eventually } from '../../../testing/waiting';

const REGISTER = '/api/encryption/generate-keys';

describe.each(DIALECTS)('devices on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());
  beforeEach(reuseKeys);

  const person = async () => EncryptedUser.create(await server.user('ann'));
  const bare = async () => EncryptedUser.bare(await server.user('bob'));
  const register = (who: EncryptedUser, body: object) => who.user.call('POST', REGISTER, body);

  test('are shown to others with the signed list, as it was posted', async () => {
    const [ann, bob] = [await person(), await bare()];
    const keys = await bob.keysOf(ann.user);
    expect(PublicKeys.parse(keys)).toEqual(keys);
    expect(keys).toMatchObject({
      user_id: ann.user.id,
      device_list: ann.list?.text,
      list_signature: ann.list?.signature,
      identity_key: ann.identity.publicKey,
      list_version: 1,
      devices: [listed(ann.device)],
      public_key: null,
    } as object);
  });

  test('are listed for their user, with the one of this session marked', async () => {
    const ann = await person();
    const { items } = await ann.user.must<{ items: EncryptionDevice[] }>(
      'GET',
      '/api/encryption/devices',
    );
    expect(items).toMatchObject([{ id: ann.device.deviceId, name: 'Laptop', is_current: true }]);
    const other = await ann.user.signIn();
    const theirs = await other.must<{ items: EncryptionDevice[] }>(
      'GET',
      '/api/encryption/devices',
    );
    expect(theirs.items[0]?.is_current).toBe(false);
    const chat = await ann.group('Notes');
    const device_id = ann.device.deviceId;
    await other.must('GET', `/api/encryption/chats/${chat.id}/epochs?device_id=${device_id}`);
    const moved = await other.must<{ items: EncryptionDevice[] }>('GET', '/api/encryption/devices');
    expect(moved.items[0]?.is_current).toBe(true);
  });

  test('are seen by their own session, though another device fetches what was wrapped to them', async () => {
    const ann = await person();
    const chat = await ann.group('Notes');
    const [laptop, phone] = [ann.device, await freshDevice()];
    const other = await ann.user.signIn();
    const list = await ann.nextList([laptop, phone]);
    await other.must('POST', REGISTER, registrationOf(phone, list, 'Phone'));
    const path = `/api/encryption/chats/${chat.id}/epochs?device_id=${laptop.deviceId}`;
    await other.must('GET', path);
    const { items } = await other.must<{ items: EncryptionDevice[] }>(
      'GET',
      '/api/encryption/devices',
    );
    expect(items.filter((one) => one.is_current).map((one) => one.name)).toEqual(['Phone']);
  });

  test('fit into a list, as many as there may be, with the largest keys', async () => {
    const ann = await person();
    for (let more = 1; more < LIMITS.devicesPerUser; more++) {
      const signing = await generateSigningPair();
      const wrapping = { ...ann.device.wrapping, publicKey: publicKeyOf(4096) };
      await ann.addDevice({ deviceId: randomId(), wrapping, signing });
    }
    const { devices } = PublicKeys.parse(await ann.keysOf(ann.user));
    expect(devices).toHaveLength(LIMITS.devicesPerUser);
    await ann.dropDevice(ann.devices.at(-1) as (typeof ann.devices)[number]);
  });

  test('are registered once, however often the same is asked', async () => {
    const ann = await person();
    const again = await register(ann, registrationOf(ann.device, ann.list as never));
    expect(again).toMatchObject({ status: 200, body: { created: false, list_version: 1 } });
  });

  test('take the next version alone, and of two at once one', async () => {
    const ann = await person();
    const [second, third] = [await freshDevice(), await freshDevice()];
    const bodies = await Promise.all(
      [second, third].map(async (one) =>
        registrationOf(one, await ann.nextList([ann.device, one])),
      ),
    );
    const answers = await Promise.all(bodies.map((body) => register(ann, body)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({
      code: 'stale_list',
    });
    const first = await makeDeviceList(ann.identity.privateKey, {
      user: ann.user.id,
      identityKey: ann.identity.publicKey,
      devices: [listed(ann.device), listed(third)],
      before: null,
    });
    const stale = await register(ann, registrationOf(third, first));
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale_list' } });
  });

  test('must be on the list, exactly they and those before', async () => {
    const ann = await person();
    const [second, third] = [await freshDevice(), await freshDevice()];
    for (const devices of [[second], [ann.device], [ann.device, second, third]]) {
      const list = await ann.nextList(devices);
      const answer = await register(ann, registrationOf(second, list));
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    }
    const keys = await ann.keysOf(ann.user);
    expect(keys.list_version).toBe(1);
  });

  test("are refused with a bad signature, another user's list, or a malformed one", async () => {
    const [ann, bob] = [await bare(), await bare()];
    const device = await freshDevice();
    const list = await ann.nextList([device]);
    const foreign = await bob.nextList([device]);
    const good = registrationOf(device, list);
    for (const [change, code] of [
      [{ list_signature: foreign.signature }, 'bad_signature'],
      [{ list_signature: 'A'.repeat(86) }, 'bad_signature'],
      [{ device_list: `${list.text} ` }, 'bad_signature'],
      [registrationOf(device, foreign), 'invalid'],
      [{ device_list: '[]' }, 'invalid'],
      [{ device_list: '{' }, 'invalid'],
      [{ device_list: 7 }, 'invalid'],
      [{ device_id: 'short' }, 'invalid'],
      [{ name: undefined }, 'invalid'],
    ] as const) {
      const answer = await register(ann, { ...good, ...change });
      expect(answer).toMatchObject({ status: 422, body: { code } } as object);
    }
    expect((await ann.user.call('GET', '/api/encryption/public-key')).status).toBe(404);
  });

  test.each([
    ['private', privateKey],
    ['too short', () => publicKeyOf(1024)],
    ['too long', () => publicKeyOf(4352)],
    ['with another exponent', () => publicKeyOf(2048, 'Aw')],
    ['no key', () => '-----BEGIN PUBLIC KEY-----\nQUJD\n-----END PUBLIC KEY-----'],
  ])('are refused with a key that is %s', async (_, make) => {
    const ann = await bare();
    const device = await freshDevice();
    const body = registrationOf(device, await ann.nextList([device]));
    const answer = await register(ann, { ...body, public_key: make() });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain('PRIVATE KEY-----');
  });

  test('keep their identity, unless it is begun anew, of which people hear', async () => {
    const [ann, bob] = [await person(), await bare()];
    await bob.user.direct(ann.user);
    const socket = await bob.user.connect();
    const identity = await generateSigningPair();
    const device = await freshDevice();
    const list = await makeDeviceList(identity.privateKey, {
      user: ann.user.id,
      identityKey: identity.publicKey,
      devices: [listed(device)],
      before: ann.list?.text ?? null,
    });
    const body = registrationOf(device, list);
    const refused = await register(ann, body);
    expect(refused).toMatchObject({ status: 409, body: { code: 'identity_changed' } });
    expect(await register(ann, { ...body, reset: true })).toMatchObject({ status: 201 });
    const told = await socket.event('encryption.key_changed');
    expect(told).toMatchObject({ user_id: ann.user.id, list_version: 2 } as object);
    expect((await bob.keysOf(ann.user)).devices).toEqual([listed(device)]);
  });

  test('are removed by a list without them, and by no other', async () => {
    const [ann, bob] = [await person(), await person()];
    const second = await ann.addDevice();
    const path = `/api/encryption/devices/${second.deviceId}`;
    expect((await ann.user.call('DELETE', path)).status).toBe(422);
    const same = await ann.nextList([ann.device, second]);
    const kept = { device_list: same.text, list_signature: same.signature };
    expect((await ann.user.call('DELETE', path, kept)).status).toBe(422);
    const bobs = await bob.nextList([bob.device]);
    const foreign = { device_list: bobs.text, list_signature: bobs.signature };
    expect((await bob.user.call('DELETE', path, foreign)).status).toBe(404);
    await ann.dropDevice(second);
    expect((await bob.keysOf(ann.user)).devices).toEqual([listed(ann.device)]);
    const left = await ann.nextList([]);
    const put = { device_list: left.text, list_signature: left.signature };
    const emptied = await ann.user.must<PublicKeys>('PUT', '/api/encryption/device-list', put);
    expect(emptied).toMatchObject({ devices: [], list_version: 4 });
  });

  test('are not added by a list alone', async () => {
    const ann = await person();
    const list = await ann.nextList([ann.device, await freshDevice()]);
    const body = { device_list: list.text, list_signature: list.signature };
    const answer = await ann.user.call('PUT', '/api/encryption/device-list', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
  });

  test('keep all their lists, which others can read by version and in order', async () => {
    const [ann, bob] = [await person(), await bare()];
    const first = ann.list;
    const second = await ann.addDevice();
    await ann.dropDevice(second);
    const old = await bob.user.must<PublicKeys>(
      'GET',
      `/api/encryption/public-key/${ann.user.id}?version=1`,
    );
    expect(old).toMatchObject({ device_list: first?.text, list_version: 1 } as object);
    const path = `/api/encryption/device-lists/${ann.user.id}`;
    const all = await bob.user.must<{ items: StoredList[] }>('GET', path);
    expect(all.items.map((item) => item.version)).toEqual([1, 2, 3]);
    const later = await bob.user.must<{ items: StoredList[]; next_cursor: string }>(
      'GET',
      `${path}?after=1&limit=1`,
    );
    expect(later.items.map((item) => item.version)).toEqual([2]);
    const last = await bob.user.must<{ items: StoredList[]; next_cursor: null }>(
      'GET',
      `${path}?limit=1&cursor=${later.next_cursor}`,
    );
    expect(last.items.map((item) => item.device_list)).toEqual([ann.list?.text as string]);
    expect(last.next_cursor).toBeNull();
    for (const version of ['4', '0', '99999999999999']) {
      const of = `/api/encryption/public-key/${ann.user.id}?version=${version}`;
      expect((await bob.user.call('GET', of)).status).toBe(404);
    }
  });

  test('of who is unknown, has none, blocks or is gone answer alike', async () => {
    const [ann, bob, keyless, gone] = [await person(), await bare(), await bare(), await person()];
    await ann.user.must('PUT', `/api/users/${bob.user.id}/block`);
    const admin = await server.admin();
    await admin.must('POST', `/api/admin/users/${gone.user.id}/deactivate`);
    const answers = await Promise.all(
      [999_999, keyless.user.id, ann.user.id, gone.user.id].flatMap((id) =>
        ['public-key', 'device-lists'].map(async (what) => {
          const answer = await bob.user.call('GET', `/api/encryption/${what}/${id}`);
          const { request_id: _, ...body } = answer.body;
          return { status: answer.status, body };
        }),
      ),
    );
    expect(answers[0]?.status).toBe(404);
    for (const answer of answers) expect(answer).toEqual(answers[0] as never);
  });

  test('are shown in an encrypted chat, whatever stands between its members', async () => {
    const [ann, bob, gone] = [await person(), await person(), await person()];
    await ann.group('Secret', bob, gone);
    await ann.user.must('PUT', `/api/users/${bob.user.id}/block`);
    const admin = await server.admin();
    await admin.must('POST', `/api/admin/users/${gone.user.id}/deactivate`);
    for (const other of [ann, gone]) {
      expect((await bob.keysOf(other.user)).devices).toEqual([listed(other.device)]);
    }
  });

  test('are shown of who left the chat, blocked others or was erased: what they signed is there', async () => {
    const [ann, bob, stranger] = [await person(), await person(), await bare()];
    const chat = await ann.group('Secret', bob);
    const members = `/api/chats/${chat.id}/members/${ann.user.id}`;
    await ann.user.must('DELETE', members);
    await ann.user.must('PUT', `/api/users/${bob.user.id}/block`);
    const path = `/api/encryption/device-lists/${ann.user.id}`;
    const text = ann.list?.text;
    const shown = async () => (await bob.user.must<{ items: StoredList[] }>('GET', path)).items;
    expect((await shown()).map((one) => one.device_list)).toEqual([text as string]);
    await ann.user.must('DELETE', '/api/auth/me', { password: 'password' });
    const { id } = ann.user;
    const rows = (table: string) =>
      count(server.env, `select count(*) from ${table} where user_id = ${id}`);
    await eventually(async () => (await rows('encryption_devices')) === 0, 'Her device is erased');
    await eventually(async () => (await rows('erasures')) === 0, 'The erasure is at its end');
    expect((await shown()).map((one) => one.device_list)).toEqual([text as string]);
    expect((await stranger.user.call('GET', path)).status).toBe(404);
  });

  test('are gone with their account', async () => {
    const [ann, bob] = [await person(), await bare()];
    const chat = await ann.group('Notes');
    await ann.postEpoch(chat.id, 1, [ann]);
    const backup = { head: 'aGVhZA', c: 'c2VhbGVk' };
    await ann.user.must('PUT', '/api/encryption/backup', { version: 0, backup });
    const { id } = ann.user;
    const tables = ['device_lists', 'encryption_devices', 'key_backups', 'epoch_slices'];
    const rowsOf = (table: string) =>
      count(server.env, `select count(*) from ${table} where user_id = ${id}`);
    for (const table of tables) expect(await rowsOf(table)).toBe(1);
    await ann.user.must('DELETE', '/api/auth/me', { password: 'password' });
    expect((await bob.user.call('GET', `/api/encryption/public-key/${id}`)).status).toBe(404);
    for (const table of tables) {
      await eventually(async () => (await rowsOf(table)) === 0, `No row in ${table}`);
    }
  });
});

/** Nobody's: its private half is unknown. To find a pair of the largest takes seconds. */
function publicKeyOf(bits: number, e = 'AQAB'): string {
  const n = randomBytes(bits / 8);
  n[0] = 0xff;
  n[n.length - 1] = 0xff;
  const key = { kty: 'RSA', n: n.toString('base64url'), e };
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

function privateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
