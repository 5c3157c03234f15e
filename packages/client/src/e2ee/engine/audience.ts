import type { ListedDevice } from '../devices/device-list';
import { hashDevices } from '../epochs/header';
import { Refusal } from '../errors';
import type { Membership } from '../membership/state';
import type { ChatLog } from './chat-log';
import type { ChatServer } from './chat-server';
import type { OwnDevice } from './own-device';
import type { PeerBook } from './peer-book';

/** Who gets a chat's keys, and by which state of its log. */
export interface Audience {
  readonly devices: readonly ListedDevice[];
  /** Whose epochs are written under: `user/device_id` of each of the devices. */
  readonly makers: ReadonlySet<string>;
  /** Of the devices' ids. */
  readonly hash: string;
  /** The log's head. */
  readonly head: string;
  /** Whether who joins may read what was written before. */
  readonly share: boolean;
}

export interface AudienceOptions {
  readonly chat: number;
  readonly own: OwnDevice;
  readonly server: Pick<ChatServer, 'members'>;
  readonly peers: Pick<PeerBook, 'devices' | 'outdated'>;
  readonly log: ChatLog;
}

/**
 * The devices of everybody who is a member by the log, beyond doubt, and by the server.
 * @throws Refusal `not_a_member`, `unknown_device`, `identity_changed`
 */
export async function audienceOf(options: AudienceOptions): Promise<Audience> {
  const { own, server, chat, log } = options;
  const [state, head] = [log.members, log.verified.heads.at(-1)];
  if (!state || head === undefined) {
    throw new Refusal('not_a_member', 'Nobody has signed yet who belongs to this chat');
  }
  const there = new Set(await server.members(chat));
  if (!there.has(own.user)) throw new Refusal('not_a_member', 'You are not in this chat');
  if (!state.members.has(own.user)) {
    const detail = 'You came in without an admin, who has to add you before you can read or write';
    throw new Refusal('not_a_member', detail);
  }
  if (log.doubtful.has(own.user)) {
    const detail = 'Whoever let you in has lost their keys since: an admin must let you in again';
    throw new Refusal('not_a_member', detail);
  }
  const isEntitled = (user: number) => there.has(user) && !log.doubtful.has(user);
  const users = [...state.members.keys()].filter(isEntitled);
  const found = await devicesOf(users, options);
  await mustReach(users, state, options);
  const devices = found.map(({ device }) => device);
  const makers = new Set(found.map(({ user, device }) => makerOf(user, device.device_id)));
  const hash = await hashDevices(devices.map((device) => device.device_id));
  return { devices, makers, hash, head, share: state.share };
}

/** In a direct chat a message that the other one cannot ever read is not sent. */
async function mustReach(
  users: readonly number[],
  { kind, members }: Membership,
  { own, peers }: AudienceOptions,
): Promise<void> {
  const other = [...members.keys()].find((user) => user !== own.user);
  if (kind === 'group' || other === undefined) return;
  if (!users.includes(other)) throw new Refusal('not_a_member', 'They are not in this chat');
  if ((await peers.devices(other)).length > 0) return;
  throw new Refusal('unknown_device', 'They have no device that can decrypt yet');
}

export const makerOf = (user: number, device: string): string => `${user}/${device}`;

async function devicesOf(
  users: readonly number[],
  { own, peers }: AudienceOptions,
): Promise<{ user: number; device: ListedDevice }[]> {
  const lists = users.map(async (user) =>
    (await peers.devices(user)).map((device) => ({ user, device })),
  );
  const found = (await Promise.all(lists)).flat();
  if (!found.some(({ device }) => device.device_id === own.deviceId)) {
    throw new Refusal('unknown_device', 'This device is not on the list of your devices');
  }
  return found;
}
