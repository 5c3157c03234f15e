import type { Chat, EpochPage, EpochSlice, Message, PublicKeys } from '@confab/protocol';
import {
  makeDeviceList,
  type SignedDeviceList,
} from '../../../client/src/e2ee/devices/device-list';
import { type EpochPlan, makeEpoch, newEpochKey } from '../../../client/src/e2ee/epochs/epoch';
import { type DeviceKeys, randomId } from '../../../client/src/e2ee/keys/device-keys';
import { generateSigningPair, type SigningPair } from '../../../client/src/e2ee/keys/signing';
import { generateWrappingPair, type WrappingPair } from '../../../client/src/e2ee/keys/wrapping';
import { type LogStatement, makeEntry } from '../../../client/src/e2ee/membership/entry';
import type { BodyInput } from '../../../client/src/e2ee/messages/body';
import type { Envelope } from '../../../client/src/e2ee/messages/envelope';
import { type MessagePlace, sealMessage } from '../../../client/src/e2ee/messages/message';
import { listed } from '../../../client/src/e2ee/testing/people';
import type { Answer, TestUser } from './user';

type Bytes = ReturnType<typeof newEpochKey>;

/** RSA pairs of earlier tests: each takes half a second to make. */
const pairs: WrappingPair[] = [];
let taken = 0;

/** A device whose keys none other has, since `reuseKeys` at least. */
export async function freshDevice(): Promise<DeviceKeys> {
  const place = taken++;
  pairs[place] ??= await generateWrappingPair();
  const signing = await generateSigningPair();
  return { deviceId: randomId(), wrapping: pairs[place], signing };
}

/** Lets the next test use the RSA pairs of the ones before. */
export function reuseKeys(): void {
  taken = 0;
}

/** What registers a device with the server. */
export const registrationOf = (device: DeviceKeys, list: SignedDeviceList, name = 'Laptop') => ({
  ...listed(device),
  name,
  device_list: list.text,
  list_signature: list.signature,
});

/** A user with an identity and devices, who does by hand what the SDK does by itself. */
export class EncryptedUser {
  readonly user: TestUser;
  readonly identity: SigningPair;
  devices: DeviceKeys[] = [];
  list: SignedDeviceList | null = null;

  private constructor(user: TestUser, identity: SigningPair) {
    this.user = user;
    this.identity = identity;
  }

  /** With no device yet. */
  static async bare(user: TestUser): Promise<EncryptedUser> {
    return new EncryptedUser(user, await generateSigningPair());
  }

  static async create(user: TestUser): Promise<EncryptedUser> {
    const made = await EncryptedUser.bare(user);
    await made.addDevice();
    return made;
  }

  get device(): DeviceKeys {
    const [device] = this.devices;
    if (!device) throw new Error('No device');
    return device;
  }

  /** The next list, with these devices. */
  nextList(devices: readonly DeviceKeys[], identity = this.identity): Promise<SignedDeviceList> {
    return makeDeviceList(identity.privateKey, {
      user: this.user.id,
      identityKey: identity.publicKey,
      devices: devices.map(listed),
      before: this.list?.text ?? null,
    });
  }

  async addDevice(device?: DeviceKeys): Promise<DeviceKeys> {
    const added = device ?? (await freshDevice());
    const list = await this.nextList([...this.devices, added]);
    const body = registrationOf(added, list);
    await this.user.must('POST', '/api/encryption/generate-keys', body);
    this.devices = [...this.devices, added];
    this.list = list;
    return added;
  }

  async dropDevice(device: DeviceKeys): Promise<void> {
    const left = this.devices.filter((one) => one !== device);
    const list = await this.nextList(left);
    const body = { device_list: list.text, list_signature: list.signature };
    await this.user.must('DELETE', `/api/encryption/devices/${device.deviceId}`, body);
    this.devices = left;
    this.list = list;
  }

  keysOf(other: TestUser): Promise<PublicKeys> {
    return this.user.must('GET', `/api/encryption/public-key/${other.id}`);
  }

  /** An epoch for the devices of these users, as the server knows them. */
  async makeEpoch(chatId: number, epoch: number, members: readonly EncryptedUser[]) {
    const key = newEpochKey();
    const plan: EpochPlan = {
      chat: chatId,
      epoch,
      from: this.user.id,
      device: this.device.deviceId,
      log: 'A'.repeat(43),
      share: false,
      at: 1,
      recipients: members.flatMap((member) => member.devices).map(listed),
    };
    const secret = { key, before: null };
    const { posted } = await makeEpoch(this.device.signing.privateKey, plan, secret);
    return { posted, key };
  }

  /** Posts an epoch that must be taken. @returns its key */
  async postEpoch(
    chatId: number,
    epoch: number,
    members: readonly EncryptedUser[],
  ): Promise<Bytes> {
    const { posted, key } = await this.makeEpoch(chatId, epoch, members);
    await this.user.must('POST', `/api/encryption/chats/${chatId}/epochs`, posted);
    return key;
  }

  epochs(chatId: number, device = this.device, query = ''): Promise<EpochPage> {
    const path = `/api/encryption/chats/${chatId}/epochs?device_id=${device.deviceId}${query}`;
    return this.user.must('GET', path);
  }

  async slice(chatId: number, epoch: number, device = this.device): Promise<EpochSlice> {
    const { items } = await this.epochs(chatId, device);
    const found = items.find((item) => item.epoch === epoch);
    if (!found) throw new Error(`No epoch ${epoch}`);
    return found;
  }

  seal(
    key: Bytes,
    place: Pick<MessagePlace, 'chat' | 'epoch' | 'client_message_id'> & Partial<MessagePlace>,
    body: BodyInput,
  ): Promise<Envelope> {
    const keys = { epoch: key, signing: this.device.signing.privateKey };
    const from = { from: this.user.id, device: this.device.deviceId };
    return sealMessage(keys, { ...from, ...place }, body);
  }

  /** Sends a text under an epoch. */
  async say(chatId: number, epoch: number, key: Bytes, text: string): Promise<Answer<Message>> {
    const client_message_id = crypto.randomUUID();
    const body = { kind: 'message', text } as BodyInput;
    const envelope = await this.seal(key, { chat: chatId, epoch, client_message_id }, body);
    return this.user.call('POST', `/api/messages/${chatId}`, { client_message_id, envelope });
  }

  entry(chatId: number, n: number, prev: string | null, statement: LogStatement) {
    const { id } = this.user;
    const place = { chat: chatId, n, prev, by: id, device: this.device.deviceId, at: 1 };
    return makeEntry(this.device.signing.privateKey, place, statement);
  }

  direct(other: EncryptedUser): Promise<Chat> {
    const body = { user_id: other.user.id, is_encrypted: true };
    return this.user.must('POST', '/api/chats/direct', body);
  }

  group(name: string, ...members: EncryptedUser[]): Promise<Chat> {
    const member_ids = members.map((member) => member.user.id);
    const body = { name, member_ids, is_encrypted: true };
    return this.user.must('POST', '/api/chats/group', body);
  }
}
