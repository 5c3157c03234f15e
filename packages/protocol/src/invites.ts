import { z } from 'zod';
import { cursorPage, Timestamp } from './common';
import { ChatId, UserId } from './ids';

const EXAMPLE = 'q0Yl3mT6uZ1xkV9sW4bJ8aRd';

/** Whatever is no code at all is answered like a code that nobody gave out. */
export const InviteCode = z
  .string()
  .describe('The unguessable part of an invite link')
  .meta({ examples: [EXAMPLE] });

export const Invite = z
  .object({
    code: InviteCode,
    chat_id: ChatId,
    created_by: UserId,
    expires_at: Timestamp.nullable().describe('Null: never'),
    max_uses: z
      .int()
      .nullable()
      .describe('Null: as many as like')
      .meta({ examples: [10] }),
    uses: z
      .int()
      .describe('How many have joined by it')
      .meta({ examples: [3] }),
    created_at: Timestamp,
    url: z
      .string()
      .describe('Path of the link; until there is a web app, a page that says how to accept it')
      .meta({ examples: [`/app/invite/${EXAMPLE}`] }),
  })
  .meta({ id: 'Invite' });
export type Invite = z.infer<typeof Invite>;

export const InvitePage = cursorPage(Invite).meta({ id: 'InvitePage' });

const YEAR_S = 365 * 24 * 3600;

export const CreateInvite = z
  .object({
    expires_in: z
      .int()
      .min(1)
      .max(YEAR_S)
      .nullish()
      .describe('Seconds, at most a year; never if absent')
      .meta({ examples: [86_400] }),
    max_uses: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullish()
      .describe('As many as like if absent')
      .meta({ examples: [10] }),
  })
  .meta({ id: 'CreateInvite' });
export type CreateInvite = z.output<typeof CreateInvite>;

/** What somebody may know of a group before they join it. */
export const InvitePreview = z
  .object({
    code: InviteCode,
    chat_id: ChatId.nullable().describe('For members alone'),
    name: z.string().meta({ examples: ['Hiking'] }),
    description: z
      .string()
      .nullable()
      .meta({ examples: ['Where to next Saturday'] }),
    avatar_url: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    member_count: z.int().meta({ examples: [3] }),
    is_member: z.boolean().describe('Whether you are in it already'),
    expires_at: Timestamp.nullable(),
  })
  .meta({ id: 'InvitePreview' });
export type InvitePreview = z.infer<typeof InvitePreview>;
