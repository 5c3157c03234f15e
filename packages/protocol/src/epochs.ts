import { z } from 'zod';
import { cursorPage, LIMITS, plainText } from './common';
import { base64Url, DeviceId, EXAMPLES, Signature } from './encodings';
import { AfterQuery } from './encryption';

const LogEntry = plainText(LIMITS.logEntryBytes, 1)
  .describe('The JSON text of an entry, signed and compared as the exact string')
  .meta({ examples: ['{"v":1,"chat":7,"n":0,"prev":null,"action":"create"}'] });

/** A message that only devices of the chat's members can read. */
export const Envelope = z
  .object({
    h: base64Url(8 * 1024)
      .describe('Header: chat, epoch, sender, device and the like')
      .meta({ examples: ['eyJ2IjoxLCJjaGF0Ijo3fQ'] }),
    c: base64Url(64 * 1024)
      .describe('Ciphertext')
      .meta({ examples: ['3q2-7w'] }),
    s: Signature.describe("Signature of the sender's device"),
  })
  .meta({ id: 'Envelope' });
export type Envelope = z.infer<typeof Envelope>;

const Recipient = z.object({
  header: z.object({
    alg: z.literal('RSA-OAEP-256'),
    kid: z
      .string()
      .length(43)
      .describe("base64url(SHA-256(SPKI DER)) of a device's key")
      .meta({ examples: [EXAMPLES.digest] }),
  }),
  encrypted_key: z
    .string()
    .min(1)
    .max(700)
    .meta({ examples: ['d3JhcHBlZA'] }),
});

const EpochJwe = z.object({
  protected: base64Url(500).meta({ examples: ['eyJlbmMiOiJBMjU2R0NNIn0'] }),
  aad: base64Url(4_000).meta({ examples: ['eyJ2IjoxfQ'] }),
  iv: base64Url(64).meta({ examples: ['AAAAAAAAAAAAAAAA'] }),
  ciphertext: base64Url(500).meta({ examples: ['3q2-7w'] }),
  tag: base64Url(64).meta({ examples: ['AAAAAAAAAAAAAAAAAAAAAA'] }),
  recipients: z.array(Recipient).min(1).max(LIMITS.epochRecipients),
});

const EpochNumber = z
  .int()
  .min(1)
  .describe('1, 2, 3 … in each chat')
  .meta({ examples: [1] });

export const PostEpoch = z
  .object({ epoch: EpochNumber, jwe: EpochJwe, sig: Signature })
  .meta({ id: 'PostEpoch' });
export type PostEpoch = z.output<typeof PostEpoch>;

export const EpochSlice = PostEpoch.extend({
  jwe: EpochJwe.extend({
    recipients: z
      .array(Recipient)
      .describe('The one for the device that asks; none if the epoch is not wrapped to it'),
  }),
}).meta({ id: 'EpochSlice' });
export type EpochSlice = z.infer<typeof EpochSlice>;

export const EpochState = z
  .object({
    epoch: z
      .int()
      .describe('The newest one; 0 for none yet')
      .meta({ examples: [4] }),
    is_stale: z
      .boolean()
      .describe('A member or a device came or went: nothing can be sent before the next epoch')
      .meta({ examples: [false] }),
  })
  .meta({ id: 'EpochState' });
export type EpochState = z.infer<typeof EpochState>;

export const EpochPage = cursorPage(EpochSlice)
  .extend({ current: EpochState })
  .meta({ id: 'EpochPage' });
export type EpochPage = z.infer<typeof EpochPage>;
export const EpochQuery = AfterQuery.extend({ device_id: DeviceId });

export const AppendLog = z.object({ entry: LogEntry, sig: Signature }).meta({ id: 'AppendLog' });
export type AppendLog = z.output<typeof AppendLog>;

export const StoredEntry = AppendLog.extend({
  n: z
    .int()
    .describe('Its place, from 0')
    .meta({ examples: [0] }),
}).meta({ id: 'StoredEntry' });
export type StoredEntry = z.infer<typeof StoredEntry>;
export const StoredEntryPage = cursorPage(StoredEntry).meta({ id: 'StoredEntryPage' });
