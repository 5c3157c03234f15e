import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Approval } from '@confab/protocol';
import type { DeviceKeys } from '../../../../../client/src/e2ee/keys/device-keys';
import { listed } from '../../../../../client/src/e2ee/testing/people';
import { DIALECTS } from '../../../testing/databases';
import { EncryptedUser, freshDevice, reuseKeys } from '../../../testing/encryption-world';
import { ManualClock } from '../../../testing/manual-clock';
import { TestServer } from '../../../testing/server';

const PATH = '/api/encryption/approvals';
const MAC = 'A'.repeat(43);

describe.each(DIALECTS)('approvals on %s', (dialect) => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, clock, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());
  beforeEach(reuseKeys);

  const person = async () => EncryptedUser.create(await server.user('ann'));
  const requestOf = (device: DeviceKeys) => ({ ...listed(device), name: 'Phone', mac: MAC });
  async function grantOf(ann: EncryptedUser, device: DeviceKeys) {
    const list = await ann.nextList([...ann.devices, device]);
    return { device_list: list.text, list_signature: list.signature, jwe: 'a.b.c.d.e', mac: MAC };
  }

  test('let a device in, with its keys, in one step', async () => {
    const ann = await person();
    const socket = await ann.user.connect();
    const phone = await ann.user.signIn();
    const device = await freshDevice();
    const asked = await phone.call('POST', PATH, requestOf(device));
    expect(asked).toMatchObject({ status: 201, body: { state: 'pending', grant: null } });
    const name = { device_id: device.deviceId, name: 'Phone' };
    await socket.event('encryption.approval', (frame) => frame.state === 'pending');
    const { items } = await ann.user.must<{ items: Approval[] }>('GET', PATH);
    expect(items).toMatchObject([{ ...requestOf(device), state: 'pending' }]);
    const grant = await grantOf(ann, device);
    const path = `${PATH}/${device.deviceId}`;
    const granted = await ann.user.call('POST', `${path}/grant`, grant);
    expect(granted).toMatchObject({ status: 200, body: { list_version: 2 } });
    const told = await socket.event('encryption.approval', (frame) => frame.state === 'granted');
    expect(told).toMatchObject(name);
    expect(await phone.must<Approval>('GET', path)).toMatchObject({
      state: 'granted',
      grant: { jwe: 'a.b.c.d.e', mac: MAC },
    });
    const devices = (await ann.keysOf(ann.user)).devices;
    expect(devices).toEqual([listed(ann.device), listed(device)]);
    const own = await phone.must<{ items: { id: string }[] }>('GET', '/api/encryption/devices');
    expect(own.items.find((one) => one.id === device.deviceId)).toMatchObject({
      name: 'Phone',
      is_current: true,
    });
    const again = await ann.user.call('POST', `${path}/grant`, grant);
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  test('register the keys that asked, and no others', async () => {
    const ann = await person();
    const [asking, other] = [await freshDevice(), await freshDevice()];
    await ann.user.must('POST', PATH, requestOf(asking));
    const swapped = { ...other, deviceId: asking.deviceId };
    const grant = await grantOf(ann, swapped);
    const answer = await ann.user.call('POST', `${PATH}/${asking.deviceId}/grant`, grant);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(await ann.user.must<Approval>('GET', `${PATH}/${asking.deviceId}`)).toMatchObject({
      state: 'pending',
    });
  });

  test('are refused, and forgotten after ten minutes', async () => {
    const ann = await person();
    const device = await freshDevice();
    const path = `${PATH}/${device.deviceId}`;
    await ann.user.must('POST', PATH, requestOf(device));
    await ann.user.must('DELETE', path);
    expect(await ann.user.must<Approval>('GET', path)).toMatchObject({ state: 'refused' });
    expect((await ann.user.call('DELETE', path)).status).toBe(409);
    await ann.user.must('POST', PATH, requestOf(device));
    clock.advance(10 * 60_000);
    const later = await ann.user.signIn();
    expect((await later.call('GET', path)).status).toBe(404);
    const late = await later.call('POST', `${path}/grant`, await grantOf(ann, device));
    expect(late.status).toBe(404);
  });

  test('wait five at a time, one for each device', async () => {
    const ann = await person();
    const device = await freshDevice();
    const ask = (n: number, mac = MAC) =>
      ann.user.call('POST', PATH, {
        ...requestOf(device),
        device_id: `${n}`.padEnd(22, 'A'),
        mac,
      });
    for (let n = 0; n < 5; n++) expect((await ask(n)).status).toBe(201);
    expect(await ask(5)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await ask(0)).status).toBe(200);
    expect((await ask(0, 'B'.repeat(43))).status).toBe(201);
  });

  test('are nobody else’s', async () => {
    const [ann, eve] = [await person(), await person()];
    const device = await freshDevice();
    await ann.user.must('POST', PATH, requestOf(device));
    const path = `${PATH}/${device.deviceId}`;
    const grant = await grantOf(eve, device);
    expect((await eve.user.must<{ items: unknown[] }>('GET', PATH)).items).toEqual([]);
    expect((await eve.user.call('GET', path)).status).toBe(404);
    expect((await eve.user.call('DELETE', path)).status).toBe(404);
    expect((await eve.user.call('POST', `${path}/grant`, grant)).status).toBe(404);
    const registered = { ...listed(ann.device), name: 'Mine', mac: MAC };
    expect((await ann.user.call('POST', PATH, registered)).status).toBe(409);
  });
});

describe.each(DIALECTS)('backups on %s', (dialect) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  afterAll(() => server.stop());

  const BACKUP = '/api/encryption/backup';

  test('are replaced only by who knows the newest', async () => {
    const ann = await server.user('ann');
    expect(await ann.must('GET', BACKUP)).toEqual({ version: 0, backup: null } as never);
    const put = (version: number, c: string) =>
      ann.call('PUT', BACKUP, { version, backup: { head: 'aGVhZA', c } });
    expect(await put(0, 'one')).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put(0, 'two')).toMatchObject({ status: 409, body: { code: 'stale_backup' } });
    const race = await Promise.all([put(1, 'two'), put(1, 'three')]);
    expect(race.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await ann.must('GET', BACKUP)).toMatchObject({ version: 2 } as never);
    const bob = await server.user('bob');
    expect(await bob.must('GET', BACKUP)).toEqual({ version: 0, backup: null } as never);
  });

  test('have at most four megabytes', async () => {
    const ann = await server.user('ann');
    const put = (version: number, size: number) =>
      ann.call('PUT', BACKUP, { version, backup: { head: 'aGVhZA', c: 'x'.repeat(size) } });
    expect((await put(0, 3 * 1024 * 1024)).status).toBe(200);
    expect((await put(1, 5 * 1024 * 1024)).status).toBe(413);
  });
});
