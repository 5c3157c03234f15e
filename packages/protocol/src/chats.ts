import { z } from 'zod';
import { cursorPage, LIMITS, plainText, Rev, Role, Seq, Timestamp, WebUrl } from './common';
import { ChatId, MemberId, MessageId, UserId } from './ids';
import { Message } from './messages';
import { UserSummary } from './users';

/** What is the same for every member. */
export const ChatInfo = z
  .object({
    id: ChatId,
    name: z
      .string()
      .nullable()
      .describe('Null in a direct chat')
      .meta({ examples: ['Hiking'] }),
    description: z
      .string()
      .nullable()
      .meta({ examples: ['Where to next Saturday'] }),
    chat_type: z.enum(['direct', 'group']).meta({ examples: ['group'] }),
    avatar_url: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    is_active: z.boolean().meta({ examples: [true] }),
    is_encrypted: z.boolean().describe('End-to-end: the server cannot read its messages'),
    member_count: z.int().meta({ examples: [3] }),
    rev: Rev,
    last_seq: Seq,
    created_at: Timestamp,
    disappear_after_s: z
      .int()
      .optional()
      .describe('Seconds after which new messages disappear; 0: never')
      .meta({ examples: [0] }),
  })
  .meta({ id: 'ChatInfo' });
export type ChatInfo = z.infer<typeof ChatInfo>;

export const NotificationLevel = z
  .enum(['all', 'mentions', 'none'])
  .describe('What of a chat one is notified of')
  .meta({ id: 'NotificationLevel' });
export type NotificationLevel = z.infer<typeof NotificationLevel>;

/** A chat as one of its members sees it. */
/** Tells which of two answers knows the newer `is_muted`, `muted_until` and `notification_level`. */
const SettingsVersion = z
  .int()
  .describe(
    'Grows with each change of is_muted, muted_until and notification_level, which have no ' +
      'revision. That the end of a mute passes is no change',
  )
  .meta({ examples: [1] });

const MutedUntil = Timestamp.nullable()
  .describe('When is_muted ends by itself: no event tells of that. Null: not muted, or for good')
  .meta({ examples: [null] });

export const Chat = ChatInfo.extend({
  last_message: Message.nullable(),
  peer: UserSummary.nullable()
    .describe('The other one of a direct chat')
    .meta({ examples: [null] }),
  my_role: Role,
  unread_count: z
    .int()
    .describe('last_seq − last_read_seq')
    .meta({ examples: [2] }),
  mention_count: z
    .int()
    .describe('Unread mentions of you')
    .meta({ examples: [1] }),
  last_read_message_id: MessageId.nullable(),
  is_muted: z.boolean(),
  muted_until: MutedUntil,
  notification_level: NotificationLevel,
  settings_version: SettingsVersion,
  nickname: z
    .string()
    .nullable()
    .describe('Yours in this chat')
    .meta({ examples: [null] }),
}).meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

export const ChatMember = z
  .object({
    id: MemberId,
    chat_id: ChatId,
    user_id: UserId,
    user: UserSummary,
    role: Role,
    nickname: z
      .string()
      .nullable()
      .meta({ examples: ['Johnny'] }),
    is_muted: z.boolean().describe('Your own; of others always false'),
    muted_until: MutedUntil.optional(),
    notification_level: NotificationLevel.optional().describe(
      'Your own; absent of others, and in frames that all members get',
    ),
    settings_version: SettingsVersion.optional(),
    joined_at: Timestamp,
    last_read_message_id: MessageId.nullable().describe(
      'Null: nothing yet, or not for you to know',
    ),
    last_delivered_message_id: MessageId.nullable().describe(
      'Null: nothing yet, or not for you to know. In frames that all members get, and across a ' +
        'block, no more than was read',
    ),
  })
  .meta({ id: 'ChatMember' });
export type ChatMember = z.infer<typeof ChatMember>;

export const ChatDetails = Chat.extend({
  members: z.array(ChatMember).describe(`The first ${LIMITS.detailMembers}`),
}).meta({ id: 'ChatDetails' });
export type ChatDetails = z.infer<typeof ChatDetails>;

export const ChatPage = cursorPage(Chat).meta({ id: 'ChatPage' });
export const ChatMemberPage = cursorPage(ChatMember).meta({ id: 'ChatMemberPage' });

const GroupName = plainText(100, 1)
  .refine((name) => name.trim() !== '', 'must not be blank')
  .meta({ examples: ['Hiking'] });
const Description = plainText(1000).meta({ examples: ['Where to next Saturday'] });
const DisappearAfter = z
  .int()
  .min(0)
  .max(LIMITS.longestDisappearAfterS)
  .refine(
    (seconds) => seconds === 0 || seconds >= LIMITS.shortestDisappearAfterS,
    `must be 0 (off) or at least ${LIMITS.shortestDisappearAfterS} seconds`,
  )
  .describe(
    'Seconds after which messages sent from now on disappear; 0: never. In a direct chat either ' +
      'one may set it',
  )
  .meta({ examples: [604_800] });
const Nickname = plainText(64)
  .nullable()
  .meta({ examples: ['Johnny'] });

export const CreateDirect = z
  .object({
    user_id: UserId,
    is_encrypted: z.boolean().optional(),
  })
  .meta({ id: 'CreateDirect' });
export type CreateDirect = z.output<typeof CreateDirect>;

export const CreateGroup = z
  .object({
    name: GroupName,
    description: Description.nullable().optional(),
    member_ids: z
      .array(UserId)
      .max(LIMITS.groupMembers)
      .default([])
      .describe('Besides the caller')
      .meta({ examples: [[457, 458]] }),
    avatar_url: WebUrl.nullable().optional(),
    is_encrypted: z.boolean().optional(),
  })
  .meta({
    id: 'CreateGroup',
    examples: [{ name: 'Hiking', description: 'Where to next Saturday' }],
  });
export type CreateGroup = z.output<typeof CreateGroup>;

export const UpdateChat = z
  .object({
    name: GroupName.optional(),
    description: Description.nullable().optional(),
    avatar_url: WebUrl.nullable().optional(),
    disappear_after_s: DisappearAfter.optional(),
  })
  .describe('What is absent stays as it is')
  .meta({ id: 'UpdateChat' });
export type UpdateChat = z.output<typeof UpdateChat>;

export const AddMember = z
  .object({
    user_id: UserId,
    role: Role.exclude(['owner'])
      .optional()
      .describe('Only the owner makes admins')
      .meta({ examples: ['member'] }),
  })
  .meta({ id: 'AddMember' });
export type AddMember = z.output<typeof AddMember>;

export const UpdateMember = z
  .object({
    role: Role.optional()
      .describe('owner hands the ownership over')
      .meta({ examples: ['admin'] }),
    nickname: Nickname.optional(),
  })
  .describe('What is absent stays as it is')
  .meta({ id: 'UpdateMember' });
export type UpdateMember = z.output<typeof UpdateMember>;

export const ChatSettings = z
  .object({
    is_muted: z
      .boolean()
      .optional()
      .describe('No notifications of its messages; mentions still come')
      .meta({ examples: [true] }),
    muted_until: z.iso
      .datetime({ offset: true })
      .nullable()
      .optional()
      .describe(
        'Mutes until then, ISO 8601 with a time zone: at most a year ahead. Null, or is_muted ' +
          'alone: for good',
      )
      .meta({ examples: ['2026-11-20T17:30:00.000Z'] }),
    nickname: Nickname.optional(),
    notification_level: NotificationLevel.optional(),
  })
  .describe('What is absent stays as it is')
  .meta({ id: 'ChatSettings' });
export type ChatSettings = z.output<typeof ChatSettings>;
