import { z } from 'zod';
import { Role } from './common';
import { DeviceId, Digest } from './encodings';

const Someone = z.int().positive();

const common = {
  v: z.literal(1),
  chat: z.int().positive(),
  /** Its place in the log, from 0. */
  n: z.int().nonnegative(),
  /** Hash of the text of the entry before; null for the first. */
  prev: Digest.nullable(),
  by: Someone,
  device: DeviceId,
  /** Milliseconds since 1970. */
  at: z.int().nonnegative(),
};

export const MembershipEntry = z.discriminatedUnion('action', [
  z.object({
    ...common,
    action: z.literal('create'),
    kind: z.enum(['direct', 'group']),
    members: z.array(z.object({ user: Someone, role: Role })).min(1),
    /** Whether members who join may read what was written before. */
    share: z.boolean(),
  }),
  z.object({ ...common, action: z.literal('add'), user: Someone, role: Role }),
  z.object({ ...common, action: z.literal('remove'), user: Someone }),
  z.object({ ...common, action: z.literal('leave') }),
  z.object({ ...common, action: z.literal('role'), user: Someone, role: Role }),
]);
/** An entry of an encrypted chat's membership log: what the JSON text says that a device signed. */
export type MembershipEntry = z.infer<typeof MembershipEntry>;
