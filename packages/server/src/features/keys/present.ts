import type {
  AccountKey,
  Approval,
  EncryptionDevice,
  PublicKeys,
  StoredList,
} from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import { fingerprintOf } from '../../lib/rsa-public-key';
import { devicesOf } from './devices/list-format';
import type { ApprovalRow, DeviceRow, ListRow } from './devices/records';
import type { AccountKeyRow } from './repository';

export function presentKeys(
  userId: number,
  key: AccountKeyRow | undefined,
  list: ListRow | undefined,
): PublicKeys {
  const keyId = key?.key_id ?? null;
  return {
    user_id: userId as PublicKeys['user_id'],
    public_key: key?.public_key ?? null,
    key_id: keyId,
    fingerprint: keyId === null ? null : fingerprintOf(keyId),
    custody: key?.custody ?? null,
    version: key?.version ?? 0,
    devices: list ? devicesOf(list.text) : [],
    device_list: list?.text ?? null,
    list_signature: list?.signature ?? null,
    identity_key: list?.identity_key ?? null,
    list_version: list?.version ?? 0,
  };
}

/** @param key one that is there: not merely what is left of one */
export function presentAccountKey(key: AccountKeyRow, created: boolean): AccountKey {
  const keyId = key.key_id ?? '';
  return {
    public_key: key.public_key ?? '',
    key_id: keyId,
    fingerprint: fingerprintOf(keyId),
    custody: key.custody ?? 'server_wrapped',
    version: key.version,
    created,
  };
}

export const presentList = (row: ListRow): StoredList => ({
  version: row.version,
  device_list: row.text,
  list_signature: row.signature,
  identity_key: row.identity_key,
  created_at: iso(row.created_at),
});

export const presentDevice = (
  row: DeviceRow & { last_used_at: number | null },
  sessionId: number,
): EncryptionDevice => ({
  id: row.device_id,
  name: row.name,
  created_at: iso(row.created_at),
  last_seen: isoOrNull(row.last_used_at),
  is_current: row.session_id === sessionId,
});

export function presentApproval(row: ApprovalRow): Approval {
  const isGranted = row.grant_jwe !== null && row.grant_mac !== null;
  return {
    device_id: row.device_id,
    name: row.name,
    public_key: row.public_key,
    signing_key: row.signing_key,
    mac: row.mac,
    state: row.state,
    grant: isGranted ? { jwe: row.grant_jwe as string, mac: row.grant_mac as string } : null,
    created_at: iso(row.created_at),
    expires_at: iso(row.expires_at),
  };
}
