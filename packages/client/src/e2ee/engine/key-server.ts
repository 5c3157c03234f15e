import type { ApprovalGrant, ApprovalRequest } from '../approval/approval';
import type { Backup } from '../backup/backup';
import type { SignedDeviceList } from '../devices/device-list';
import type { PostedEpoch } from '../epochs/epoch';
import type { SignedEntry } from '../membership/entry';

/** A device as it is made known to the server. */
export interface DeviceDescription {
  readonly device_id: string;
  readonly name: string;
  readonly public_key: string;
  readonly signing_key: string;
}

/** One's own device as the server tells of it. The names are the server's word. */
export interface DeviceInfo {
  readonly device_id: string;
  readonly name: string;
  readonly created_at: string;
  readonly last_seen: string | null;
}

/** A backup with the number that the next write must name. */
export interface StoredBackup {
  /** 0 when there is none. */
  readonly version: number;
  readonly backup: Backup | null;
}

/** A device that asks to be let in. */
export type NamedRequest = ApprovalRequest & { readonly name: string };

export type ApprovalState =
  | { readonly state: 'pending' }
  | { readonly state: 'refused' }
  | { readonly state: 'granted'; readonly grant: ApprovalGrant };

/** A write that somebody else was ahead of. What is there now must be read before another try. */
export class Outrun extends Error {
  override name = 'Outrun';
}

/**
 * All that the engine asks of a server. Nothing that it answers is believed: lists, logs, epochs and
 * backups are verified by whoever asked. What is compared and set fails with `Outrun`.
 */
export interface KeyServer {
  /** A user's current device list; null for who has none. */
  deviceList(user: number): Promise<SignedDeviceList | null>;
  /** All lists that a user ever had, oldest first. */
  deviceLists(user: number): Promise<SignedDeviceList[]>;
  /** Registers this device with a list that holds it. `reset`: under another identity. */
  registerDevice(device: DeviceDescription, list: SignedDeviceList, reset: boolean): Promise<void>;
  /** Replaces the list by one with fewer devices. */
  putDeviceList(list: SignedDeviceList): Promise<void>;
  /** One's own devices. */
  devices(): Promise<DeviceInfo[]>;

  backup(): Promise<StoredBackup>;
  /** `version` is that of the backup it follows, 0 for the first. Answers the new one. */
  putBackup(version: number, backup: Backup): Promise<number>;

  requestApproval(request: NamedRequest): Promise<void>;
  /** The devices that wait to be let in. */
  approvalRequests(): Promise<NamedRequest[]>;
  grantApproval(deviceId: string, list: SignedDeviceList, grant: ApprovalGrant): Promise<void>;
  refuseApproval(deviceId: string): Promise<void>;
  /** What became of a request; null when it is not there (any more). */
  approvalState(deviceId: string): Promise<ApprovalState | null>;

  /** The entries of a chat's membership log from place `from`. */
  membershipLog(chat: number, from: number): Promise<SignedEntry[]>;
  appendMembership(chat: number, entry: SignedEntry): Promise<void>;
  /** The epochs of a chat after a number, with the slices of one own device alone, in order. */
  epochs(chat: number, deviceId: string, after: number): Promise<PostedEpoch[]>;
  postEpoch(chat: number, epoch: PostedEpoch): Promise<void>;
}
