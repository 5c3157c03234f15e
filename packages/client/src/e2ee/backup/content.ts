import { z } from 'zod';
import { Base64Url, base64UrlOf, DeviceId, parseVersioned, ServerId, SigningKey } from '../formats';

const BackupContent = z.object({
  v: z.literal(1),
  user: ServerId,
  /** The private half is PKCS#8 as base64url, as those below. */
  identity: z.object({ public: SigningKey, private: Base64Url }),
  /** Keys of all devices that the user ever had: what was wrapped to one of them still opens. */
  devices: z.array(z.object({ device_id: DeviceId, private_key: Base64Url })),
  /** Epochs by chat and number. */
  epochs: z.record(z.string(), z.record(z.string(), base64UrlOf(32))),
  /** In a grant alone: the backup's key, so that the new device keeps it current too. */
  backup: z
    .object({ salt: base64UrlOf(16), m: z.int(), t: z.int(), key: base64UrlOf(32) })
    .optional(),
});
/** Everything that a new device needs to read the whole history. */
export type BackupContent = z.infer<typeof BackupContent>;

export const writeContent = (content: BackupContent): string => JSON.stringify(content);

export const readContent = (text: string): BackupContent =>
  parseVersioned('The backup', BackupContent, text);
