import { z } from 'zod';
import { cursorPage, LIMITS, ListQuery, plainText, Timestamp } from './common';
import { base64Url, DeviceId, Digest, Ed25519Key, PublicKeyPem, Signature } from './encodings';
import { ChatId, UserId } from './ids';

const DeviceName = plainText(100, 1).meta({ examples: ['Laptop'] });
const AnyPassword = z
  .string()
  .min(1)
  .max(128)
  .describe('The password one signs in with')
  .meta({ examples: ['correct horse'] });

export const DeviceList = plainText(64 * 1024, 1)
  .describe('The JSON text of a device list, signed and compared as the exact string')
  .meta({
    examples: ['{"v":1,"user":12,"version":1,"identity_key":"…","prev":null,"devices":[]}'],
  });

const SignedList = z.object({ device_list: DeviceList, list_signature: Signature });

export const RegisterDevice = SignedList.extend({
  device_id: DeviceId,
  name: DeviceName,
  public_key: PublicKeyPem,
  signing_key: Ed25519Key,
  reset: z
    .boolean()
    .optional()
    .describe('Begins a new identity: without it, another identity key than before is refused')
    .meta({ examples: [false] }),
}).meta({ id: 'RegisterDevice' });
export type RegisterDevice = z.output<typeof RegisterDevice>;

/** What only a registration of a device has. */
const DEVICE_FIELDS = [
  'device_id',
  'name',
  'public_key',
  'signing_key',
  'device_list',
  'list_signature',
] as const;

export const GenerateKeys = RegisterDevice.partial()
  .extend({
    rotate: z
      .boolean()
      .optional()
      .describe('Replaces the account key; what was encrypted to the old one is lost')
      .meta({ examples: [false] }),
    password: AnyPassword.optional().describe('For rotate, where no password login signed in'),
  })
  .superRefine((body, context) => {
    if (DEVICE_FIELDS.every((field) => body[field] === undefined)) return;
    for (const field of DEVICE_FIELDS.filter((name) => body[name] === undefined)) {
      context.addIssue({ code: 'custom', path: [field], message: 'is needed for a device' });
    }
  })
  .describe('Empty or `rotate`: the account key. All the fields of a device: registers a device')
  .meta({ id: 'GenerateKeys', examples: [{}] });
export type GenerateKeys = z.output<typeof GenerateKeys>;

export const UpdateDeviceList = SignedList.meta({ id: 'UpdateDeviceList' });
export type UpdateDeviceList = z.output<typeof UpdateDeviceList>;

export const Custody = z
  .enum(['client', 'server_wrapped'])
  .describe(
    "Who keeps the private half: its owner's devices, or the server, wrapped by the password",
  )
  .meta({ examples: ['server_wrapped'] });
export type Custody = z.infer<typeof Custody>;

const KeyVersion = z
  .int()
  .describe('Grows when the account key is replaced')
  .meta({ examples: [1] });
const Fingerprint = z
  .string()
  .describe('SHA-256 of the key, in hexadecimal groups, for people to compare')
  .meta({ examples: ['3f2a 9c01 …'] });

export const AccountKey = z
  .object({
    public_key: PublicKeyPem,
    key_id: Digest.describe('base64url(SHA-256(SPKI DER)): the `kid` of what is encrypted to it'),
    fingerprint: Fingerprint,
    custody: Custody,
    version: KeyVersion,
    created: z
      .boolean()
      .describe('False: it was there already')
      .meta({ examples: [true] }),
  })
  .meta({ id: 'AccountKey' });
export type AccountKey = z.infer<typeof AccountKey>;

export const RegisteredDevice = z
  .object({
    device_id: DeviceId,
    list_version: z
      .int()
      .describe('Of the device list that holds it')
      .meta({ examples: [1] }),
    created: z
      .boolean()
      .describe('False: it was registered already')
      .meta({ examples: [true] }),
  })
  .meta({ id: 'RegisteredDevice' });
export type RegisteredDevice = z.infer<typeof RegisteredDevice>;

export const GeneratedKeys = z.union([AccountKey, RegisteredDevice]);

const DeviceKeys = z.object({
  device_id: DeviceId,
  public_key: PublicKeyPem,
  signing_key: Ed25519Key,
});

/** All that anybody may know of somebody's keys. */
export const PublicKeys = z
  .object({
    user_id: UserId,
    public_key: PublicKeyPem.nullable().describe('The account key; null for who has none'),
    key_id: Digest.nullable(),
    fingerprint: Fingerprint.nullable(),
    custody: Custody.nullable(),
    version: KeyVersion.describe('Of the account key; 0 without one. PUT /public-key names it'),
    devices: z.array(DeviceKeys).describe('As in the device list'),
    device_list: DeviceList.nullable().describe('Null for who has no devices'),
    list_signature: Signature.nullable(),
    identity_key: Ed25519Key.nullable().describe('Signs the device list'),
    list_version: z
      .int()
      .describe('Of the device list; 0 without one')
      .meta({ examples: [1] }),
  })
  .meta({ id: 'PublicKeys' });
export type PublicKeys = z.infer<typeof PublicKeys>;

const numberText = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'must be a whole number')
  .transform(Number);

export const PublicKeyQuery = z.object({
  version: numberText.optional().describe('An older device list by its version, with its devices'),
});

export const StoredList = z
  .object({
    version: z.int().meta({ examples: [1] }),
    device_list: DeviceList,
    list_signature: Signature,
    identity_key: Ed25519Key,
    created_at: Timestamp,
  })
  .meta({ id: 'StoredList' });
export type StoredList = z.infer<typeof StoredList>;
export const StoredListPage = cursorPage(StoredList).meta({ id: 'StoredListPage' });
export const AfterQuery = ListQuery.extend({
  after: numberText.optional().describe('Only what comes after this number'),
});

export const PutPublicKey = z
  .object({
    public_key: PublicKeyPem,
    version: z
      .int()
      .min(0)
      .describe('Of the key that it replaces; 0 for none')
      .meta({ examples: [1] }),
  })
  .meta({ id: 'PutPublicKey' });
export type PutPublicKey = z.output<typeof PutPublicKey>;

export const EncryptionDevice = z
  .object({
    id: DeviceId,
    name: DeviceName,
    created_at: Timestamp,
    last_seen: Timestamp.nullable().describe('When the session that registered it was last used'),
    is_current: z.boolean().describe('Whether the session that asks registered it'),
  })
  .meta({ id: 'EncryptionDevice' });
export type EncryptionDevice = z.infer<typeof EncryptionDevice>;
export const EncryptionDevicePage = cursorPage(EncryptionDevice).meta({
  id: 'EncryptionDevicePage',
});

const Mac = Digest.describe('base64url of an HMAC-SHA256 under the code that was typed or scanned');
const Grant = z.object({
  jwe: plainText(LIMITS.backupBodyBytes, 1)
    .describe('Compact JWE of what a backup holds, encrypted to the new device')
    .meta({ examples: ['eyJhbGciOiJSU0EtT0FFUC0yNTYi…'] }),
  mac: Mac,
});

export const RequestApproval = z
  .object({
    device_id: DeviceId,
    name: DeviceName,
    public_key: PublicKeyPem,
    signing_key: Ed25519Key,
    mac: Mac,
  })
  .meta({ id: 'RequestApproval' });
export type RequestApproval = z.output<typeof RequestApproval>;

export const ApprovalState = z
  .enum(['pending', 'granted', 'refused'])
  .meta({ examples: ['pending'] });
export type ApprovalState = z.infer<typeof ApprovalState>;

export const Approval = RequestApproval.extend({
  state: ApprovalState,
  grant: Grant.nullable()
    .describe('Once it was granted')
    .meta({ examples: [null] }),
  created_at: Timestamp,
  expires_at: Timestamp,
}).meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;
export const ApprovalPage = cursorPage(Approval).meta({ id: 'ApprovalPage' });

export const GrantApproval = SignedList.extend(Grant.shape).meta({ id: 'GrantApproval' });
export type GrantApproval = z.output<typeof GrantApproval>;

const StoredBackup = z.object({
  head: base64Url(2_000).meta({ examples: ['eyJ2IjoxLCJrZGYiOiJhcmdvbjJpZCJ9'] }),
  c: plainText(LIMITS.backupBodyBytes, 1)
    .describe('Ciphertext under the recovery key')
    .meta({ examples: ['3q2-7w'] }),
});
export const Backup = z
  .object({
    version: z
      .int()
      .min(0)
      .meta({ examples: [3] }),
    backup: StoredBackup.nullable().describe('Null: there is none, and version is 0'),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof Backup>;
export const PutBackup = z
  .object({
    version: z
      .int()
      .min(0)
      .describe('Of the backup that it replaces; 0 for none')
      .meta({ examples: [2] }),
    backup: StoredBackup,
  })
  .meta({ id: 'PutBackup' });
export type PutBackup = z.output<typeof PutBackup>;
export const BackupVersion = z.object({ version: z.int().meta({ examples: [3] }) });

const ChatOfText = ChatId.optional().describe(
  'Where the text is for. With an encrypted chat it is refused: only devices encrypt for that',
);
export const EncryptText = z
  .object({
    message: plainText(LIMITS.assistedTextBytes)
      .describe(`At most ${LIMITS.assistedTextBytes} bytes of UTF-8. Neither stored nor logged`)
      .meta({ examples: ['Hello Jane'] }),
    recipient_user_id: UserId.optional(),
    recipient_user_ids: z
      .array(UserId)
      .min(1)
      .max(50)
      .optional()
      .meta({ examples: [[457]] }),
    chat_id: ChatOfText,
  })
  .refine(
    (body) => (body.recipient_user_id === undefined) !== (body.recipient_user_ids === undefined),
    'needs recipient_user_id or recipient_user_ids',
  )
  .meta({ id: 'EncryptText', examples: [{ message: 'Hello Jane', recipient_user_id: 457 }] });
export type EncryptText = z.output<typeof EncryptText>;

export const EncryptedText = z
  .object({
    encrypted: z
      .string()
      .describe('A JWE in General JSON serialization, as text')
      .meta({
        examples: ['{"protected":"…","recipients":[],"iv":"…","ciphertext":"…","tag":"…"}'],
      }),
    key_ids: z.array(Digest).describe('Of the keys that open it'),
  })
  .meta({ id: 'EncryptedText' });
export type EncryptedText = z.infer<typeof EncryptedText>;

export const DecryptText = z
  .object({
    encrypted: plainText(512 * 1024, 1).meta({ examples: ['{"protected":"…"}'] }),
    password: AnyPassword.optional().describe('Where no password login signed in'),
    chat_id: ChatOfText,
  })
  .meta({ id: 'DecryptText' });
export type DecryptText = z.output<typeof DecryptText>;
export const DecryptedText = z
  .object({ message: z.string().meta({ examples: ['Hello Jane'] }) })
  .meta({ id: 'DecryptedText' });
