import {
  type ListedDevice,
  makeDeviceList,
  readList,
  relateLists,
  type SignedDeviceList,
  verifyDeviceList,
} from '../devices/device-list';
import { fromBase64Url } from '../encoding';
import { Refusal } from '../errors';
import { importSigningKey } from '../keys/signing';
import { type KeyServer, Outrun } from './key-server';
import type { OwnSecrets } from './own-secrets';

const TRIES = 5;

export type Identity = NonNullable<OwnSecrets['identity']>;

export interface CurrentList {
  readonly list: SignedDeviceList;
  readonly identity: string;
  /** Whether a device is on it, with these very keys. */
  holds(device: ListedDevice): boolean;
}

export interface DeviceRosterOptions {
  readonly user: number;
  readonly server: Pick<KeyServer, 'deviceList'>;
  /** The newest list of this user's that is known here. */
  readonly known: () => Promise<string | null>;
  /** A list of this user's own identity was accepted by the server. */
  readonly onList: (list: SignedDeviceList) => Promise<void>;
}

/** The user's own device list: its next versions, signed by the identity that this device holds. */
export class DeviceRoster {
  readonly #options: DeviceRosterOptions;

  constructor(options: DeviceRosterOptions) {
    this.#options = options;
  }

  /** The current list, checked by itself; null when there is none. */
  async current(): Promise<CurrentList | null> {
    const { server, user } = this.#options;
    const list = await server.deviceList(user);
    if (!list) return null;
    const read = await verifyDeviceList(user, list);
    const holds = (device: ListedDevice) => read.devices.some((one) => isSame(one, device));
    return { list, identity: read.identity_key, holds };
  }

  /** Makes the next version until nobody else was faster. `begin`: under a new identity. */
  async change(
    identity: Identity,
    devices: (before: readonly ListedDevice[]) => readonly ListedDevice[],
    submit: (list: SignedDeviceList) => Promise<void>,
    begin = false,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      const list = await this.#next(identity, devices, begin);
      try {
        await submit(list);
        return await this.#options.onList(list);
      } catch (error) {
        if (!(error instanceof Outrun) || tries === TRIES) throw error;
      }
    }
  }

  async #next(
    identity: Identity,
    devices: (before: readonly ListedDevice[]) => readonly ListedDevice[],
    begin: boolean,
  ): Promise<SignedDeviceList> {
    const now = await this.current();
    if (now && !begin && now.identity !== identity.public) {
      throw new Refusal('identity_changed', 'Your identity was replaced on another device');
    }
    // Signed on to, a list of an earlier day would bring back devices that were taken off it.
    if (now && !begin) await relateLists(await this.#options.known(), now.list.text);
    const before = now && !begin ? readList(now.list.text).devices : [];
    return makeDeviceList(await importSigningKey(fromBase64Url(identity.private)), {
      user: this.#options.user,
      identityKey: identity.public,
      devices: devices(before),
      before: now?.list.text ?? null,
    });
  }
}

const isSame = (a: ListedDevice, b: ListedDevice): boolean =>
  a.device_id === b.device_id && a.public_key === b.public_key && a.signing_key === b.signing_key;
