import { z } from 'zod';
import { Chat, ChatMember } from './chats';
import { LIMITS, Rev, Seq } from './common';
import { ChatId, UserId } from './ids';
import { Message } from './messages';
import { SentRevMap } from './rev-map';

export const SyncRequest = z
  .object({
    chats: SentRevMap.default({}),
    epoch: z
      .string()
      .max(64)
      .optional()
      .describe('As last told by the server')
      .meta({ examples: ['5f0c2a9e'] }),
  })
  .meta({ id: 'SyncRequest' });
export type SyncRequest = z.output<typeof SyncRequest>;

export const ChatSync = z
  .object({
    recovered: z
      .boolean()
      .describe('True: all that changed is here. False: drop what you hold of this chat')
      .meta({ examples: [true] }),
    rev: Rev,
    last_seq: Seq,
    chat: Chat.optional(),
    members: z
      .array(ChatMember)
      .optional()
      .describe(`Changed members; the first ${LIMITS.detailMembers} when not recovered`),
    removed_member_ids: z
      .array(UserId)
      .optional()
      .meta({ examples: [[459]] }),
    messages: z.array(Message).describe('Changed messages, ascending by seq; else the newest page'),
  })
  .meta({ id: 'ChatSync' });
export type ChatSync = z.infer<typeof ChatSync>;

export const SyncAnswer = z
  .object({
    epoch: z
      .string()
      .describe("Id of the database's history: when it changes, start afresh")
      .meta({ examples: ['5f0c2a9e'] }),
    chats: z.record(z.string(), ChatSync).describe('By chat id; chats without changes are absent'),
    removed: z
      .array(ChatId)
      .describe('Chats of the request that you are not in, or that are gone')
      .meta({ examples: [[7]] }),
  })
  .meta({ id: 'SyncAnswer' });
export type SyncAnswer = z.infer<typeof SyncAnswer>;
