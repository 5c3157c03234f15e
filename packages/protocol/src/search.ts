import { z } from 'zod';
import { cursorPage, ListQuery, plainText, SendableContentType, TimeText } from './common';
import { ChatId, idText, UserId } from './ids';
import { Message } from './messages';

const MAX_QUERY = 200;

const SearchText = plainText(Number.MAX_SAFE_INTEGER)
  .transform((text) => text.trim())
  .refine((text) => text !== '', 'must not be empty')
  .refine((text) => [...text].length <= MAX_QUERY, `must have at most ${MAX_QUERY} characters`);

const Flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((text) => text === 'true' || text === '1')
  .meta({ examples: ['true'] });

export const SearchQuery = ListQuery.extend({
  q: SearchText.describe(
    'Words that must all occur, in any order and each anywhere, also within a word; what stands in ' +
      '"quotes" must occur as it stands. Case and diacritics make no difference. 1 to 200 characters',
  ).meta({ examples: ['saturday "who is in"'] }),
  chat_id: idText(ChatId).optional().describe('Only messages of this chat'),
  sender_id: idText(UserId).optional().describe('Only messages of this sender'),
  content_type: SendableContentType.optional().describe(
    'Only messages of this kind. What the server itself says in a chat is not searched',
  ),
  sent_before: TimeText.optional().describe('Only messages sent before this time (ISO 8601)'),
  sent_after: TimeText.optional().describe('Only messages sent after this time (ISO 8601)'),
  has_media: Flag.optional().describe('Only messages with files, or only those without'),
  order: z
    .enum(['newest', 'best'])
    .default('newest')
    .describe('Newest first, or best matches first (of the newest thousand, then of older ones)')
    .meta({ examples: ['newest'] }),
});
export type SearchQuery = z.output<typeof SearchQuery>;

export const SearchHit = Message.extend({
  snippet: z
    .string()
    .describe(
      'About 160 characters around the first match, on one line, with … where it was cut. Plain ' +
        'text, not HTML: escape it before you show it as HTML',
    )
    .meta({ examples: ['Who is in for Saturday?'] }),
  highlights: z
    .array(z.tuple([z.int(), z.int()]))
    .describe('The matches in the snippet: where each starts and its length, in UTF-16 code units')
    .meta({ examples: [[[14, 8]]] }),
}).meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;

export const SearchPage = cursorPage(SearchHit)
  .extend({
    encrypted_chats_excluded: z
      .int()
      .describe(
        'How many of the chats asked for are encrypted, so that nobody can search them here',
      )
      .meta({ examples: [0] }),
  })
  .describe('A page may have few items, or none, and still a next_cursor: go on until it is null')
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof SearchPage>;
