import {
  type CursorPage,
  type EncryptionDevice,
  LIMITS,
  type RegisterDevice,
  type RegisteredDevice,
  type UpdateDeviceList,
} from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import { readPublicKey } from '../../../lib/rsa-public-key';
import type { Committer } from '../../../storage/committer';
import type { KeyAnnouncer } from '../announcer';
import { presentDevice } from '../present';
import type { KeyRepository } from '../repository';
import { readSignedList } from './list-format';
import { putDeviceList, registerDevice } from './list-writes';
import type { ListChange } from './records';

export interface DeviceDeps {
  keys: KeyRepository;
  announcer: KeyAnnouncer;
  committer: Committer;
  now: () => number;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Counts a look at keys. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
}

/** A user's devices and the signed list of them. */
export class DeviceService {
  readonly #deps: DeviceDeps;

  constructor(deps: DeviceDeps) {
    this.#deps = deps;
  }

  async register({ userId, sessionId }: Caller, body: RegisterDevice): Promise<RegisteredDevice> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const { device_id, name, public_key, signing_key, reset = false } = body;
    const { keyId } = await readPublicKey(public_key);
    const list = await readSignedList(userId, body);
    const device = { device_id, name, public_key, signing_key, key_id: keyId };
    const input = {
      userId,
      device: { ...device, session_id: sessionId },
      list,
      reset,
      maxDevices: LIMITS.devicesPerUser,
      at: now(),
    };
    const change = await committer.submit(registerDevice, input, userId);
    this.tell(change);
    return { device_id, list_version: change.version, created: change.changed };
  }

  /** @param dropped the device that the new list must not hold any more, if it is about one */
  async putList(
    { userId }: Caller,
    body: UpdateDeviceList,
    dropped: string | null = null,
  ): Promise<void> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const list = await readSignedList(userId, body);
    const input = { userId, list, dropped, at: now() };
    this.tell(await committer.submit(putDeviceList, input, userId));
  }

  /** Tells of a new list those who have to know of it. */
  tell(change: ListChange): void {
    if (change.changed) this.#deps.announcer.changed(change.userId);
  }

  async list({ userId, sessionId }: Caller): Promise<CursorPage<EncryptionDevice>> {
    const { keys, limitRead } = this.#deps;
    limitRead(userId);
    const rows = await keys.devices(userId);
    return { items: rows.map((row) => presentDevice(row, sessionId)), next_cursor: null };
  }
}
