/** Keys of devices, accounts and encrypted chats. */
export interface KeyTables {
  device_lists: DeviceListsTable;
  encryption_devices: EncryptionDevicesTable;
  device_approvals: DeviceApprovalsTable;
  account_keys: AccountKeysTable;
  key_backups: KeyBackupsTable;
  chat_epochs: ChatEpochsTable;
  epoch_slices: EpochSlicesTable;
  membership_log: MembershipLogTable;
}

/** Every device list that a user ever had; the highest version counts. */
interface DeviceListsTable {
  user_id: number;
  version: number;
  text: string;
  signature: string;
  identity_key: string;
  created_at: number;
}

/** The devices of each user's current list. */
interface EncryptionDevicesTable {
  user_id: number;
  device_id: string;
  name: string;
  public_key: string;
  signing_key: string;
  key_id: string;
  /** The session that registered it. */
  session_id: number | null;
  created_at: number;
}

interface DeviceApprovalsTable {
  user_id: number;
  device_id: string;
  name: string;
  public_key: string;
  signing_key: string;
  key_id: string;
  mac: string;
  state: 'pending' | 'granted' | 'refused';
  grant_jwe: string | null;
  grant_mac: string | null;
  session_id: number;
  created_at: number;
  expires_at: number;
}

/** A row without a key is what is left of one that was destroyed: its version goes on. */
interface AccountKeysTable {
  user_id: number;
  version: number;
  public_key: string | null;
  key_id: string | null;
  custody: 'client' | 'server_wrapped' | null;
  /** Of the password, for the key that seals the private half. */
  salt: string | null;
  /** The private half (PKCS#8), sealed; null where its owner keeps it. */
  sealed: string | null;
  created_at: number;
}

interface KeyBackupsTable {
  user_id: number;
  version: number;
  head: string;
  c: string;
  updated_at: number;
}

interface ChatEpochsTable {
  chat_id: number;
  epoch: number;
  /** JSON of the JWE without its recipients. */
  jwe: string;
  sig: string;
  created_at: number;
}

interface EpochSlicesTable {
  chat_id: number;
  epoch: number;
  user_id: number;
  device_id: string;
  key_id: string;
  encrypted_key: string;
}

interface MembershipLogTable {
  chat_id: number;
  n: number;
  entry: string;
  sig: string;
  created_at: number;
}
