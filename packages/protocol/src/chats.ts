import { z } from 'zod';
import {
  cursorPage,
  LIMITS,
  ListQuery,
  plainText,
  Rev,
  Role,
  Seq,
  Timestamp,
  WebUrl,
} from './common';
import { ChatId, MemberId, MessageId, UserId } from './ids';
import { Message } from './messages';
import { UserSummary } from './users';

/** What is the same for every member. */
export const ChatInfo = z
  .object({
    id: ChatId,
    name: z.string().nullable().describe('Null in a direct chat'),
    description: z.string().nullable(),
    chat_type: z.enum(['direct', 'group']),
    avatar_url: z.string().nullable(),
    is_active: z.boolean(),
    is_encrypted: z.boolean(),
    member_count: z.int(),
    rev: Rev,
    last_seq: Seq,
    created_at: Timestamp,
  })
  .meta({ id: 'ChatInfo' });
export type ChatInfo = z.infer<typeof ChatInfo>;

/** A chat as one of its members sees it. */
export const Chat = ChatInfo.extend({
  last_message: Message.nullable(),
  peer: UserSummary.nullable().describe('The other one of a direct chat'),
  my_role: Role,
  unread_count: z.int().describe('last_seq − last_read_seq'),
  mention_count: z.int(),
  last_read_message_id: MessageId.nullable(),
  is_muted: z.boolean(),
  nickname: z.string().nullable(),
}).meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

export const ChatMember = z
  .object({
    id: MemberId,
    chat_id: ChatId,
    user_id: UserId,
    user: UserSummary,
    role: Role,
    nickname: z.string().nullable(),
    is_muted: z.boolean(),
    joined_at: Timestamp,
    last_read_message_id: MessageId.nullable(),
    last_delivered_message_id: MessageId.nullable(),
  })
  .meta({ id: 'ChatMember' });
export type ChatMember = z.infer<typeof ChatMember>;

export const ChatDetails = Chat.extend({
  members: z.array(ChatMember).describe(`The first ${LIMITS.detailMembers}`),
}).meta({ id: 'ChatDetails' });
export type ChatDetails = z.infer<typeof ChatDetails>;

export const ChatPage = cursorPage(Chat);
export const ChatMemberPage = cursorPage(ChatMember);
export { ListQuery as ChatListQuery };

const GroupName = plainText(100, 1).refine((name) => name.trim() !== '', 'must not be blank');
const Description = plainText(1000);
const Nickname = plainText(64).nullable();

export const CreateDirect = z.object({
  user_id: UserId,
  is_encrypted: z.boolean().optional(),
});
export type CreateDirect = z.output<typeof CreateDirect>;

export const CreateGroup = z.object({
  name: GroupName,
  description: Description.nullable().optional(),
  member_ids: z.array(UserId).max(LIMITS.groupMembers).default([]),
  avatar_url: WebUrl.nullable().optional(),
  is_encrypted: z.boolean().optional(),
});
export type CreateGroup = z.output<typeof CreateGroup>;

export const UpdateChat = z.object({
  name: GroupName.optional(),
  description: Description.nullable().optional(),
  avatar_url: WebUrl.nullable().optional(),
});
export type UpdateChat = z.output<typeof UpdateChat>;

export const AddMember = z.object({
  user_id: UserId,
  role: Role.exclude(['owner']).optional().describe('Only the owner makes admins'),
});
export type AddMember = z.output<typeof AddMember>;

export const UpdateMember = z.object({
  role: Role.optional().describe('owner hands the ownership over'),
  nickname: Nickname.optional(),
});
export type UpdateMember = z.output<typeof UpdateMember>;

export const ChatSettings = z.object({
  is_muted: z.boolean().optional(),
  nickname: Nickname.optional(),
});
export type ChatSettings = z.output<typeof ChatSettings>;
