import type { Selectable } from 'kysely';
import type { Schema } from '../../../storage/schema';

export type DeviceRow = Selectable<Schema['encryption_devices']>;
export type ListRow = Selectable<Schema['device_lists']>;
export type ApprovalRow = Selectable<Schema['device_approvals']>;

export interface ListedDevice {
  device_id: string;
  public_key: string;
  signing_key: string;
}

/** A device list that was read, with its signature checked. */
export interface SignedList {
  text: string;
  signature: string;
  identityKey: string;
  version: number;
  /** Hash of the text of the version before. */
  prev: string | null;
  devices: ListedDevice[];
  /** Hash of its own text. */
  hash: string;
}

/** A device that is to be put on its user's list. */
export interface NewDevice extends ListedDevice {
  name: string;
  key_id: string;
  session_id: number;
}

export interface ListChange {
  userId: number;
  version: number;
  /** False when this very list was there already. */
  changed: boolean;
}
