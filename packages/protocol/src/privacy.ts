import { z } from 'zod';

export const Audience = z
  .enum(['everyone', 'contacts', 'nobody'])
  .describe('Who sees it; contacts are the people with whom one has a direct chat')
  .meta({ id: 'Audience', examples: ['everyone'] });
export type Audience = z.infer<typeof Audience>;

const lastSeen = Audience.describe(
  'Who sees whether you are online and when you were last. Whom you hide it from hides theirs from you.',
);
const readReceipts = Audience.describe(
  'Who sees how far you have read. Whom you hide it from hides theirs from you.',
);

/** What a user shows to whom. */
export const Privacy = z
  .object({ last_seen: lastSeen, read_receipts: readReceipts })
  .meta({ id: 'Privacy' });
export type Privacy = z.infer<typeof Privacy>;

export const UpdatePrivacy = z
  .object({ last_seen: lastSeen.optional(), read_receipts: readReceipts.optional() })
  .describe('What is absent stays as it is')
  .meta({ id: 'UpdatePrivacy' });
export type UpdatePrivacy = z.output<typeof UpdatePrivacy>;
