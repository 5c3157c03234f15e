import {
  approvalQr,
  makeGrant,
  makeRequest,
  newApprovalCode,
  openGrant,
  readApprovalCode,
  readApprovalQr,
  verifyRequest,
} from '../approval/approval';
import type { Kdf } from '../backup/argon2';
import { backupKeyOf, newBackupKey, openBackup } from '../backup/backup';
import type { BackupContent } from '../backup/content';
import {
  newRecoveryKey,
  passphraseSecret,
  type RecoverySecret,
  readRecoveryKey,
} from '../backup/recovery-key';
import type { ListedDevice } from '../devices/device-list';
import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import { Refusal } from '../errors';
import { type DeviceKeys, generateDevice } from '../keys/device-keys';
import { generateSigningPair } from '../keys/signing';
import type { DeviceRoster, Identity } from './device-roster';
import type { KeyServer, NamedRequest } from './key-server';
import {
  contentOf,
  loadSecrets,
  type OwnSecrets,
  saveSecrets,
  storedDevice,
  storedIdentity,
  usableDevice,
  withOthers,
} from './own-secrets';
import type { SealedStore } from './sealed-store';

/**
 * `off`: this user has no keys yet. `needs_approval`: they have, and this device is not among their
 * devices. `ready`: it is.
 */
export type DeviceState = 'off' | 'needs_approval' | 'ready';

/** What opens a backup: the recovery key as it was shown, or a passphrase of the user's own. */
export type Recovery = { readonly key: string } | { readonly passphrase: string };

export interface OwnDevicesOptions {
  readonly user: number;
  readonly server: KeyServer;
  readonly store: SealedStore;
  readonly roster: DeviceRoster;
  /** Keys of all chats, as they are backed up. */
  readonly epochs: () => Promise<BackupContent['epochs']>;
  readonly restore: (epochs: BackupContent['epochs']) => Promise<void>;
  /** Writes the backup in place of whatever is there. */
  readonly replaceBackup: () => Promise<void>;
  readonly makeKeys?: (() => Promise<DeviceKeys>) | undefined;
  readonly kdf?: Kdf | undefined;
}

/** This device among its user's devices: set up, let in, recovered, removed. */
export class OwnDevices {
  readonly #options: OwnDevicesOptions;
  #secrets: OwnSecrets | null = null;

  constructor(options: OwnDevicesOptions) {
    this.#options = options;
  }

  /** Reads what earlier runs kept. @throws Refusal `misplaced` for another user's keys */
  async load(): Promise<void> {
    const secrets = await loadSecrets(this.#options.store);
    if (secrets && secrets.user !== this.#options.user) {
      throw new Refusal('misplaced', "This store holds another user's keys");
    }
    this.#secrets = secrets;
  }

  get secrets(): OwnSecrets | null {
    return this.#secrets;
  }

  /** Asks the server how things are, and finishes what a crash left half done. */
  async state(): Promise<DeviceState> {
    const now = await this.#options.roster.current();
    const own = this.#secrets;
    const isListed = own !== null && (now?.holds(own.device.listed) ?? false);
    const isOurs = own?.identity != null && (!now || own.identity.public === now.identity);
    if (own && isOurs && own.stage === 'joining') return this.#resume(own, isListed);
    if (!now) return whenUnlisted(own);
    return isListed && isOurs ? 'ready' : 'needs_approval';
  }

  /** Whether this device is let in, once what is being done about that is done. */
  isIn(): Promise<boolean> {
    return this.#alone(async () => (await this.state()) === 'ready');
  }

  /** Makes the user's identity and first device. The recovery key is shown once, here. */
  setUp(name: string, passphrase?: string): Promise<{ recoveryKey: string | null }> {
    return this.#alone(async () => {
      if ((await this.state()) !== 'off') {
        throw new Refusal('not_allowed', 'This account has keys already');
      }
      return this.#begin(name, passphrase, false);
    });
  }

  /**
   * Begins again under a new identity, when every device and the recovery key are lost. Everybody
   * else is told of the change, and what was written before stays closed here.
   */
  resetIdentity(name: string, passphrase?: string): Promise<{ recoveryKey: string | null }> {
    return this.#alone(() => this.#begin(name, passphrase, true));
  }

  /** A new recovery key, or passphrase, in place of the one before. */
  async renewRecovery(passphrase?: string): Promise<{ recoveryKey: string | null }> {
    const own = this.#joined();
    const { secret, shown } = await recoverySecret(passphrase);
    await this.#save({ ...own, backup: await newBackupKey(secret, this.#options.kdf) });
    await this.#options.replaceBackup();
    return { recoveryKey: shown };
  }

  /**
   * Lets this device in by the backup; one that is in already is told the recovery key.
   * @throws Refusal `mistyped_key`, `wrong_recovery_key` …
   */
  recover(name: string, recovery: Recovery): Promise<void> {
    return this.#alone(() => this.#recover(name, recovery));
  }

  async #recover(name: string, recovery: Recovery): Promise<void> {
    const { server, user, kdf, roster } = this.#options;
    const secret = await readRecovery(recovery);
    if ((await this.state()) === 'ready') return this.unlockBackup(recovery);
    const { backup } = await server.backup();
    if (!backup) throw new Refusal('wrong_recovery_key', 'There is no backup to open');
    const key = await backupKeyOf(user, secret, backup, kdf);
    const content = await openBackup(user, key, backup);
    if ((await roster.current())?.identity !== content.identity.public) {
      throw new Refusal('identity_changed', 'The backup is of an identity that was replaced');
    }
    const device = this.#secrets?.stage === 'asking' ? this.#secrets.device : null;
    const made = device ?? (await storedDevice(name, await this.#makeKeys()));
    await this.#join({ ...this.#fresh(made), identity: content.identity, backup: key }, content);
  }

  /** Tells this device the recovery key that another device made. */
  async unlockBackup(recovery: Recovery): Promise<void> {
    const { server, user, kdf } = this.#options;
    const own = this.#joined();
    const { backup } = await server.backup();
    if (!backup) return;
    const key = await backupKeyOf(user, await readRecovery(recovery), backup, kdf);
    await this.absorb(await openBackup(user, key, backup));
    await this.#save({ ...this.#joined(), backup: key, identity: own.identity });
    await this.#options.replaceBackup();
  }

  /** Asks the user's other devices to let this one in: the code is typed or scanned there. */
  async requestApproval(name: string): Promise<{ code: string; qr: string }> {
    const { user, server } = this.#options;
    const asking = this.#secrets?.stage === 'asking' ? this.#secrets : null;
    const device = asking?.device ?? (await storedDevice(name, await this.#makeKeys()));
    const code = newApprovalCode();
    const request = await makeRequest(user, code.secret, device.listed);
    const asked = { stage: 'asking', code: toBase64Url(code.secret) } as const;
    await this.#save({ ...this.#fresh(device), ...asked });
    await server.requestApproval({ ...request, name });
    return { code: code.shown, qr: approvalQr(user, device.listed.device_id, code) };
  }

  /** Looks whether this device was let in meanwhile, and takes what it was handed. */
  async takeGrant(): Promise<'pending' | 'refused' | 'expired' | 'ready'> {
    const own = this.#secrets;
    if (own?.stage !== 'asking' || own.code === null) return 'expired';
    const answer = await this.#options.server.approvalState(own.device.listed.device_id);
    if (answer?.state !== 'granted') return answer?.state ?? 'expired';
    const { deviceId, unwrappingKey } = await usableDevice(own);
    const asker = { user: own.user, deviceId, privateKey: unwrappingKey };
    const content = await openGrant(asker, fromBase64Url(own.code), answer.grant);
    const now = await this.#options.roster.current();
    const fits = now?.identity === content.identity.public && now.holds(own.device.listed);
    if (!fits) throw new Refusal('unknown_device', 'This device is not on the list of its user');
    const { identity, backup = null, devices } = content;
    const joined: OwnSecrets = { ...own, identity, backup, code: null, stage: 'joined' };
    await this.#save(withOthers(joined, devices));
    await this.#options.restore(content.epochs);
    return 'ready';
  }

  /** Lets in the device that shows this code or QR code. @throws Refusal `wrong_code` */
  async approve(codeOrQr: string): Promise<NamedRequest> {
    const { user, server, roster } = this.#options;
    const own = this.#joined();
    const { request, secret } = await this.#requestOf(codeOrQr);
    const { device_id, public_key, signing_key } = request;
    const content = contentOf(own, await this.#options.epochs());
    const backup = own.backup ? { backup: own.backup } : {};
    const grant = await makeGrant(user, secret, request, { ...content, ...backup });
    await roster.change(
      own.identity,
      (before) => [...before.filter(notId(device_id)), { device_id, public_key, signing_key }],
      (list) => server.grantApproval(device_id, list, grant),
    );
    return request;
  }

  /** Takes a device off the list: nothing new is readable there. */
  removeDevice(deviceId: string): Promise<void> {
    const { server, roster } = this.#options;
    return roster.change(
      this.#joined().identity,
      (before) => before.filter(notId(deviceId)),
      (list) => server.putDeviceList(list),
    );
  }

  /** Takes in the keys that a backup of another device holds. */
  async absorb(content: BackupContent): Promise<void> {
    const own = this.#joined();
    if (content.identity.public !== own.identity.public) {
      throw new Refusal('identity_changed', 'The backup is of another identity');
    }
    const merged = withOthers(own, content.devices);
    if (merged !== own) await this.#save(merged);
    await this.#options.restore(content.epochs);
  }

  async #begin(name: string, passphrase: string | undefined, reset: boolean) {
    const { kdf } = this.#options;
    const { secret, shown } = await recoverySecret(passphrase);
    const [keys, pair] = await Promise.all([this.#makeKeys(), generateSigningPair()]);
    const own: OwnSecrets = {
      ...this.#fresh(await storedDevice(name, keys)),
      identity: await storedIdentity(pair),
      backup: await newBackupKey(secret, kdf),
    };
    await this.#save(own);
    await this.#register(own, reset);
    await this.#options.replaceBackup();
    return { recoveryKey: shown };
  }

  async #join(own: OwnSecrets, content: BackupContent): Promise<void> {
    await this.#save(withOthers(own, content.devices));
    await this.#options.restore(content.epochs);
    await this.#register(this.#secrets ?? own, false);
  }

  /** What was stored before a crash is registered now, unless only the answer was lost. */
  async #resume(own: OwnSecrets, isListed: boolean): Promise<DeviceState> {
    if (isListed) await this.#save({ ...own, stage: 'joined' });
    else await this.#register(own, false);
    return 'ready';
  }

  async #register(own: OwnSecrets, reset: boolean): Promise<void> {
    const { server, roster } = this.#options;
    const { device, identity } = own;
    if (!identity) throw new Refusal('unknown_device', 'This device has no identity');
    const description = { ...device.listed, name: device.name };
    await roster.change(
      identity,
      (before) => [...before.filter(notId(device.listed.device_id)), device.listed],
      (list) => server.registerDevice(description, list, reset),
      reset,
    );
    await this.#save({ ...(this.#secrets ?? own), stage: 'joined' });
  }

  async #requestOf(codeOrQr: string): Promise<{ request: NamedRequest; secret: Bytes }> {
    const { user, server } = this.#options;
    const scanned = codeOrQr.startsWith('confab:') ? readApprovalQr(codeOrQr) : null;
    if (scanned && scanned.user !== user) throw new Refusal('wrong_code', "It is another user's");
    const secret = readApprovalCode(scanned?.code ?? codeOrQr);
    for (const request of await server.approvalRequests()) {
      if (scanned && request.device_id !== scanned.deviceId) continue;
      const fits = await verifyRequest(user, secret, request).then(() => true, isWrongCode);
      if (fits) return { request, secret };
    }
    throw new Refusal('wrong_code', 'No device that waits shows this code');
  }

  /** One device is made for all tabs: what another one did meanwhile is known before. */
  #alone<T>(action: () => Promise<T>): Promise<T> {
    return this.#options.store.exclusively('devices', async () => {
      await this.load();
      return action();
    });
  }

  /** What was wrapped to the device that this store held before still opens. */
  #fresh(device: OwnSecrets['device']): OwnSecrets {
    return withOthers(fresh(this.#options.user, device), ownKeys(this.#secrets));
  }

  #makeKeys(): Promise<DeviceKeys> {
    return (this.#options.makeKeys ?? generateDevice)();
  }

  #joined(): OwnSecrets & { identity: Identity } {
    const own = this.#secrets;
    if (!own?.identity) throw new Refusal('unknown_device', 'This device was not let in yet');
    return { ...own, identity: own.identity };
  }

  async #save(secrets: OwnSecrets): Promise<void> {
    await saveSecrets(this.#options.store, secrets);
    this.#secrets = secrets;
  }
}

const fresh = (user: number, device: OwnSecrets['device']): OwnSecrets => ({
  user,
  device,
  stage: 'joining',
  code: null,
  identity: null,
  others: [],
  backup: null,
});

const notId = (id: string) => (device: ListedDevice) => device.device_id !== id;

/** @throws Refusal `list_rollback` when the server forgot a list that was there */
function whenUnlisted(own: OwnSecrets | null): 'off' {
  if (own?.stage !== 'joined') return 'off';
  throw new Refusal('list_rollback', 'The server says that you have no devices, but it had a list');
}

function ownKeys(own: OwnSecrets | null): OwnSecrets['others'] {
  if (!own) return [];
  return [
    ...own.others,
    { device_id: own.device.listed.device_id, private_key: own.device.wrapping },
  ];
}

function isWrongCode(error: unknown): false {
  if (error instanceof Refusal) return false;
  throw error;
}

async function recoverySecret(
  passphrase: string | undefined,
): Promise<{ secret: RecoverySecret; shown: string | null }> {
  return passphrase === undefined
    ? newRecoveryKey()
    : { secret: passphraseSecret(passphrase), shown: null };
}

async function readRecovery(recovery: Recovery): Promise<RecoverySecret> {
  return 'key' in recovery ? readRecoveryKey(recovery.key) : passphraseSecret(recovery.passphrase);
}
