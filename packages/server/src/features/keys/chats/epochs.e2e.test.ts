import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { type Chat, type EpochPage, LIMITS, RATES, type StoredEntry } from '@confab/protocol';
import { openEpoch, readEpoch, verifyEpoch } from '../../../../../client/src/e2ee/epochs/epoch';
import { hashText } from '../../../../../client/src/e2ee/hash';
import { keyId } from '../../../../../client/src/e2ee/keys/wrapping';
import type { LogStatement } from '../../../../../client/src/e2ee/membership/entry';
import { DIALECTS } from '../../../testing/databases';
import { EncryptedUser, reuseKeys } from '../../../testing/encryption-world';
import { ManualClock } from '../../../testing/manual-clock';
import { TestServer } from '../../../testing/server';

describe.each(DIALECTS)('epochs on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());
  beforeEach(reuseKeys);

  const person = async (name = 'ann') => EncryptedUser.create(await server.user(name));
  async function trio() {
    const [ann, bob, eve] = [await person(), await person('bob'), await person('eve')];
    const chat = await ann.group('Secret', bob);
    return { ann, bob, eve, chat, path: `/api/encryption/chats/${chat.id}/epochs` };
  }

  test('reach each device with its own key alone, which opens them', async () => {
    const { ann, bob, chat } = await trio();
    const socket = await bob.user.connect();
    const key = await ann.postEpoch(chat.id, 1, [ann, bob]);
    const told = await socket.event('encryption.epoch');
    expect(told).toEqual({ type: 'encryption.epoch', chat_id: chat.id, epoch: 1 });
    for (const who of [ann, bob]) {
      const slice = await who.slice(chat.id, 1);
      expect(slice.jwe.recipients).toHaveLength(1);
      const { posted, header } = readEpoch(slice);
      expect(header.from).toBe(ann.user.id);
      await verifyEpoch(posted, ann.device.signing.publicKey);
      const { publicKey, privateKey } = who.device.wrapping;
      const opened = await openEpoch(posted, { kid: await keyId(publicKey), privateKey });
      expect(opened).toEqual(key);
    }
  });

  test('follow each other without a gap, and of two at once one', async () => {
    const { ann, bob, chat, path } = await trio();
    const early = await ann.makeEpoch(chat.id, 2, [ann, bob]);
    const refused = await ann.user.call('POST', path, early.posted);
    expect(refused).toMatchObject({ status: 409, body: { code: 'stale_epoch' } });
    const [one, two] = [
      await ann.makeEpoch(chat.id, 1, [ann, bob]),
      await bob.makeEpoch(chat.id, 1, [ann, bob]),
    ];
    const answers = await Promise.all([
      ann.user.call('POST', path, one.posted),
      bob.user.call('POST', path, two.posted),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    const loser = answers.find((answer) => answer.status === 409);
    expect(loser?.body.detail).toContain('newest epoch is 1');
    expect((await ann.epochs(chat.id)).items).toHaveLength(1);
  });

  test('are paged, with those that are not wrapped to the device', async () => {
    const { ann, bob, chat } = await trio();
    await ann.postEpoch(chat.id, 1, [ann]);
    await ann.postEpoch(chat.id, 2, [ann, bob]);
    await ann.postEpoch(chat.id, 3, [ann, bob]);
    const all = await bob.epochs(chat.id);
    expect(all.items.map((item) => [item.epoch, item.jwe.recipients.length])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    expect(all.current).toEqual({ epoch: 3, is_stale: false });
    const page = await bob.epochs(chat.id, bob.device, '&after=1&limit=1');
    expect(page.items.map((item) => item.epoch)).toEqual([2]);
    const rest = await bob.epochs(chat.id, bob.device, `&cursor=${page.next_cursor}`);
    expect(rest.items.map((item) => item.epoch)).toEqual([3]);
    expect(rest.next_cursor).toBeNull();
  });

  test('are wrapped to current devices of current members alone', async () => {
    const { ann, bob, eve, chat, path } = await trio();
    const post = async (members: EncryptedUser[]) => {
      const { posted } = await ann.makeEpoch(chat.id, 1, members);
      return ann.user.call('POST', path, posted);
    };
    const stale = { status: 409, body: { code: 'stale_epoch' } };
    expect(await post([ann, bob, eve])).toMatchObject(stale);
    const before = { ...bob, user: bob.user, devices: bob.devices } as EncryptedUser;
    const second = await bob.addDevice();
    expect(await post([ann, before])).toMatchObject(stale);
    const both = { ...bob, user: bob.user, devices: bob.devices } as EncryptedUser;
    await bob.dropDevice(second);
    expect(await post([ann, both])).toMatchObject(stale);
    expect(await post([ann, bob])).toMatchObject({ status: 201 });
  });

  test('are made by the caller, for this chat, with a device of theirs', async () => {
    const { ann, bob, eve, chat, path } = await trio();
    const other = await ann.group('Other', bob);
    const { posted } = await ann.makeEpoch(chat.id, 1, [ann, bob]);
    const elsewhere = await ann.makeEpoch(other.id, 1, [ann, bob]);
    const signedByBob = await bob.makeEpoch(chat.id, 1, [ann, bob]);
    const cases: [EncryptedUser, object, number][] = [
      [ann, elsewhere.posted, 422],
      [ann, { ...posted, epoch: 2 }, 422],
      [bob, posted, 422],
      [ann, { ...posted, sig: signedByBob.posted.sig }, 422],
      [ann, { ...posted, jwe: { ...posted.jwe, iv: 'AAAAAAAAAAAAAAAA' } }, 422],
      [ann, { ...posted, jwe: { ...posted.jwe, recipients: [] } }, 422],
      [ann, { ...posted, jwe: { ...posted.jwe, aad: 'e30' } }, 422],
      [ann, { ...posted, jwe: null }, 422],
      [eve, posted, 404],
    ];
    for (const [who, body, status] of cases) {
      expect((await who.user.call('POST', path, body)).status).toBe(status);
    }
    expect((await ann.epochs(chat.id)).items).toEqual([]);
  });

  test('are for members and their own devices to read', async () => {
    const { ann, bob, eve, chat, path } = await trio();
    await ann.postEpoch(chat.id, 1, [ann, bob]);
    const read = (who: EncryptedUser, device: EncryptedUser) =>
      who.user.call('GET', `${path}?device_id=${device.device.deviceId}`);
    expect((await read(eve, eve)).status).toBe(404);
    expect((await read(ann, bob)).status).toBe(404);
    expect((await ann.user.call('GET', path)).status).toBe(422);
    await ann.user.must('DELETE', `/api/chats/${chat.id}/members/${bob.user.id}`);
    expect((await read(bob, bob)).status).toBe(404);
    const plain = await ann.user.group('Plain');
    const of = `/api/encryption/chats/${plain.id}/epochs?device_id=${ann.device.deviceId}`;
    expect(await ann.user.call('GET', of)).toMatchObject({
      status: 422,
      body: { code: 'not_supported' },
    });
  });

  test('become stale when a member or a device comes or goes', async () => {
    const { ann, bob, eve, chat } = await trio();
    const isStale = async () => {
      const page: EpochPage = await ann.epochs(chat.id);
      return page.current.is_stale;
    };
    let epoch = 0;
    const renew = async (...members: EncryptedUser[]) => {
      await ann.postEpoch(chat.id, ++epoch, members);
      expect(await isStale()).toBe(false);
    };
    await renew(ann, bob);
    await ann.user.must('POST', `/api/chats/${chat.id}/members`, { user_id: eve.user.id });
    expect(await isStale()).toBe(true);
    await renew(ann, bob, eve);
    const second = await bob.addDevice();
    expect(await isStale()).toBe(true);
    await renew(ann, bob, eve);
    await bob.dropDevice(second);
    expect(await isStale()).toBe(true);
    await renew(ann, bob, eve);
    await eve.user.must('DELETE', `/api/chats/${chat.id}/members/${eve.user.id}`);
    expect(await isStale()).toBe(true);
    await renew(ann, bob);
    const { code } = await ann.user.must<{ code: string }>(
      'POST',
      `/api/chats/${chat.id}/invites`,
      {},
    );
    await eve.user.must('POST', `/api/invites/${code}/accept`);
    expect(await isStale()).toBe(true);
  });

  test('of removed devices are erased', async () => {
    const { ann, bob, chat } = await trio();
    const second = await bob.addDevice();
    await ann.postEpoch(chat.id, 1, [ann, bob]);
    await bob.dropDevice(second);
    await bob.addDevice(second);
    expect((await bob.slice(chat.id, 1, second)).jwe.recipients).toEqual([]);
  });

  test('of a membership log are appended one after the other', async () => {
    const { ann, bob, eve, chat } = await trio();
    const path = `/api/encryption/chats/${chat.id}/membership-log`;
    const members = [
      { user: ann.user.id, role: 'owner' as const },
      { user: bob.user.id, role: 'member' as const },
    ];
    const create = { action: 'create' as const, kind: 'group' as const, members, share: false };
    const first = await ann.entry(chat.id, 0, null, create);
    expect(await ann.user.call('POST', path, first)).toMatchObject({ status: 201, body: { n: 0 } });
    const again = await ann.user.call('POST', path, first);
    expect(again).toMatchObject({ status: 409, body: { code: 'stale_log' } });
    const prev = await hashText(first.entry);
    const add = { action: 'add' as const, user: eve.user.id, role: 'member' as const };
    const leave = { action: 'leave' as const };
    const race = await Promise.all([
      ann.user.call('POST', path, await ann.entry(chat.id, 1, prev, add)),
      bob.user.call('POST', path, await bob.entry(chat.id, 1, prev, leave)),
    ]);
    expect(race.map((answer) => answer.status).sort()).toEqual([201, 409]);
    const all = await bob.user.must<{ items: StoredEntry[] }>('GET', path);
    expect(all.items[0]).toEqual({ n: 0, ...first });
    expect(all.items.map((item) => item.n)).toEqual([0, 1]);
    const later = await bob.user.must<{ items: StoredEntry[] }>('GET', `${path}?after=0`);
    expect(later.items.map((item) => item.n)).toEqual([1]);
    const bobs = await bob.entry(chat.id, 2, prev, leave);
    const cases: [EncryptedUser, object, number][] = [
      [ann, bobs, 422],
      [bob, { ...bobs, sig: first.sig }, 422],
      [bob, { ...bobs, entry: '{}' }, 422],
      [bob, { ...bobs, entry: `"${'ä'.repeat(30_000)}"` }, 413],
      [bob, { ...bobs, entry: bobs.entry.replace('{', '{"__proto__":{"n":2},') }, 422],
      [bob, { ...bobs, entry: '['.repeat(40_000) }, 422],
      [eve, await eve.entry(chat.id, 2, prev, leave), 404],
    ];
    for (const [who, body, status] of cases) {
      expect((await who.user.call('POST', path, body)).status).toBe(status);
    }
    expect((await eve.user.call('GET', path)).status).toBe(404);
  });

  test('of a membership log are refused where devices would refuse all that follows', async () => {
    const { ann, bob, eve, chat } = await trio();
    const path = `/api/encryption/chats/${chat.id}/membership-log`;
    const members = [
      { user: ann.user.id, role: 'owner' as const },
      { user: bob.user.id, role: 'member' as const },
    ];
    const create = { action: 'create', kind: 'group', members, share: false } as const;
    const append = async (who: EncryptedUser, ...entry: [number, string | null, LogStatement]) => {
      const made = await who.entry(chat.id, ...entry);
      return { ...(await who.user.call('POST', path, made)), head: await hashText(made.entry) };
    };
    const usurped = members.map((one) => ({ ...one, user: bob.user.id + ann.user.id - one.user }));
    const refusedFirst: [EncryptedUser, string | null, LogStatement][] = [
      [bob, null, { ...create, members: usurped }],
      [bob, null, create],
      [ann, null, { ...create, kind: 'direct' }],
      [ann, 'A'.repeat(43), create],
      [ann, null, { action: 'leave' }],
    ];
    for (const [who, prev, statement] of refusedFirst) {
      expect((await append(who, 0, prev, statement)).status).toBe(422);
    }
    const { status, head } = await append(ann, 0, null, create);
    expect(status).toBe(201);
    const adding = { action: 'add', user: eve.user.id, role: 'member' } as const;
    const refused: [EncryptedUser, string | null, LogStatement][] = [
      [bob, head, adding],
      [bob, head, { action: 'remove', user: ann.user.id }],
      [bob, head, { action: 'role', user: bob.user.id, role: 'admin' }],
      [bob, 'A'.repeat(43), { action: 'leave' }],
      [bob, null, { action: 'leave' }],
      [ann, head, create],
      [ann, head, { ...adding, role: 'owner' }],
      [ann, head, { ...adding, user: bob.user.id }],
      [ann, head, { action: 'nonsense' } as never],
    ];
    for (const [who, prev, statement] of refused) {
      expect((await append(who, 1, prev, statement)).status).toBe(422);
    }
    expect((await append(ann, 1, head, adding)).status).toBe(201);
    const { items } = await bob.user.must<{ items: StoredEntry[] }>('GET', path);
    expect(items).toHaveLength(2);
  });

  test('of a membership log may name a thousand members, and hardly more', async () => {
    const ann = await person();
    const path = `/api/encryption/chats/${(await ann.group('Crowd')).id}/membership-log`;
    const chat = Number(path.split('/')[4]);
    const crowd = async (size: number) => {
      const others = Array.from({ length: size - 1 }, (_, i) => ({
        user: Number.MAX_SAFE_INTEGER - i,
        role: 'member' as const,
      }));
      const members = [{ user: ann.user.id, role: 'owner' as const }, ...others];
      return ann.entry(chat, 0, null, { action: 'create', kind: 'group', members, share: false });
    };
    const tooMany = await ann.user.call('POST', path, await crowd(1_200));
    expect(tooMany).toMatchObject({ status: 422, body: { errors: [{ path: 'entry' }] } });
    const entry = await crowd(LIMITS.encryptedGroupMembers);
    expect(await ann.user.call('POST', path, entry)).toMatchObject({ status: 201 });
    const { items } = await ann.user.must<{ items: StoredEntry[] }>('GET', path);
    expect(items).toEqual([{ n: 0, ...entry }]);
  });

  test('are gone with their group', async () => {
    const { ann, bob, chat } = await trio();
    await ann.postEpoch(chat.id, 1, [ann, bob]);
    await ann.user.must('DELETE', `/api/chats/${chat.id}`);
    const path = `/api/encryption/chats/${chat.id}/epochs?device_id=${ann.device.deviceId}`;
    expect((await ann.user.call('GET', path)).status).toBe(404);
  });

  test('belong to a twin beside the plain direct chat, one per pair', async () => {
    const [ann, bob] = [await person(), await person('bob')];
    const plain = await ann.user.direct(bob.user);
    const secret = await ann.direct(bob);
    expect(secret.id).not.toBe(plain.id);
    expect([plain.is_encrypted, secret.is_encrypted]).toEqual([false, true]);
    expect((await bob.direct(ann)).id).toBe(secret.id);
    expect((await bob.user.direct(ann.user)).id).toBe(plain.id);
    const notes = await ann.direct(ann);
    expect(notes.member_count).toBe(1);
    await bob.user.must('PUT', `/api/users/${ann.user.id}/block`);
    const key = await ann.postEpoch(secret.id, 1, [ann, bob]);
    expect(await ann.say(secret.id, 1, key, 'Hello?')).toMatchObject({
      status: 403,
      body: { code: 'blocked' },
    } as object);
    const chats = await ann.user.must<{ items: Chat[] }>('GET', '/api/chats');
    expect(chats.items.map((chat) => chat.peer?.id ?? null)).toContain(bob.user.id as never);
  });
});

test('keys are looked at and uploaded so often, and not more', async () => {
  reuseKeys();
  const server = await TestServer.start({ clock: new ManualClock() });
  const ann = await EncryptedUser.create(await server.user('ann'));
  const chat = await ann.group('Notes');
  const path = `/api/encryption/chats/${chat.id}`;
  const looks = [
    '/api/encryption/devices',
    '/api/encryption/approvals',
    `/api/encryption/approvals/${ann.device.deviceId}`,
    '/api/encryption/public-key',
    `/api/encryption/device-lists/${ann.user.id}`,
    `${path}/epochs?device_id=${ann.device.deviceId}`,
    `${path}/membership-log`,
  ];
  const statusOf = async (look: string) => (await ann.user.call('GET', look)).status;
  for (let i = 0; i < RATES.keyReads.burst; i++) await statusOf(looks[0] as string);
  for (const look of looks) expect(await statusOf(look)).toBe(429);
  const { posted } = await ann.makeEpoch(chat.id, 2, [ann]);
  const post = () => ann.user.call('POST', `${path}/epochs`, posted);
  // Her device was the first upload.
  for (let i = 1; i < RATES.keyUploads.burst; i++) expect((await post()).status).toBe(409);
  expect(await post()).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  await server.stop();
}, 60_000);
