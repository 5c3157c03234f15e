import { beforeAll, describe, expect, test } from 'bun:test';
import type { BackupContent } from '../backup/content';
import { type DeviceKeys, generateDevice } from '../keys/device-keys';
import { listed, reasonOf } from '../testing/people';
import {
  type ApprovalCode,
  type ApprovalRequest,
  approvalQr,
  makeGrant,
  makeRequest,
  newApprovalCode,
  openGrant,
  readApprovalCode,
  readApprovalQr,
  verifyRequest,
} from './approval';

const content: BackupContent = {
  v: 1,
  user: 12,
  identity: { public: 'A'.repeat(43), private: 'AAAA' },
  devices: [],
  epochs: {},
};
let device: DeviceKeys;
let code: ApprovalCode;
let request: ApprovalRequest;
let own: { user: number; deviceId: string; privateKey: CryptoKey };

beforeAll(async () => {
  device = await generateDevice();
  code = newApprovalCode();
  request = await makeRequest(12, code.secret, listed(device));
  own = { user: 12, deviceId: device.deviceId, privateKey: device.wrapping.privateKey };
});

describe('the approval of a device', () => {
  test('goes through with the code that it shows, typed or scanned', async () => {
    const typed = readApprovalCode(code.shown.toLowerCase());
    await verifyRequest(12, typed, request);
    const grant = await makeGrant(12, typed, request, content);
    expect(await openGrant(own, code.secret, grant)).toEqual(content);
    const scanned = readApprovalQr(approvalQr(12, device.deviceId, code));
    expect(scanned).toMatchObject({ user: 12, deviceId: device.deviceId });
    expect(readApprovalCode(scanned.code)).toEqual(code.secret);
  });

  test('stops when the server swapped the keys, the device or the user', async () => {
    const ghost = listed(await generateDevice());
    for (const swapped of [
      { ...request, public_key: ghost.public_key },
      { ...request, signing_key: ghost.signing_key },
      { ...request, device_id: ghost.device_id },
    ]) {
      expect(await reasonOf(() => verifyRequest(12, code.secret, swapped))).toBe('wrong_code');
    }
    expect(await reasonOf(() => verifyRequest(13, code.secret, request))).toBe('wrong_code');
  });

  test('stops at a wrong code', async () => {
    const wrong = newApprovalCode().secret;
    expect(await reasonOf(() => verifyRequest(12, wrong, request))).toBe('wrong_code');
    for (const typed of ['', 'AAAA', `${code.shown}A`, 'UUUU-UUUU-UUUU-UUUU']) {
      expect(await reasonOf(() => readApprovalCode(typed))).toBe('wrong_code');
    }
  });

  test('a grant that the server made up is refused', async () => {
    const made = await makeGrant(12, newApprovalCode().secret, request, content);
    expect(await reasonOf(() => openGrant(own, code.secret, made))).toBe('wrong_code');
  });

  test('a grant for another user is refused', async () => {
    const grant = await makeGrant(12, code.secret, request, { ...content, user: 13 });
    expect(await reasonOf(() => openGrant(own, code.secret, grant))).toBe('misplaced');
  });
});
