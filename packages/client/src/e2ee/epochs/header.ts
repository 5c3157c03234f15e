import { z } from 'zod';
import { base64UrlOf, DeviceId, Digest, parseVersioned, ServerId, Time } from '../formats';
import { hashText } from '../hash';

const EpochHeader = z.object({
  v: z.literal(1),
  typ: z.literal('epoch'),
  chat: ServerId,
  epoch: z.int().positive(),
  from: ServerId,
  device: DeviceId,
  /** Hash of the ids of the devices that it is wrapped to. */
  devices: Digest,
  /** The head of the membership log that it was made by. */
  log: Digest,
  share: z.boolean(),
  /** Where history is shared: the key of the epoch before, sealed under this one's. */
  before: base64UrlOf(60).optional(),
  at: Time,
});
/** What everybody may know of an epoch; its signature and its encryption hold it. */
export type EpochHeader = z.infer<typeof EpochHeader>;

export const readEpochHeader = (text: string): EpochHeader =>
  parseVersioned('The epoch', EpochHeader, text);

/** base64url(SHA-256(ids sorted by code unit, joined by line feeds)). */
export function hashDevices(deviceIds: readonly string[]): Promise<string> {
  return hashText([...deviceIds].sort().join('\n'));
}
