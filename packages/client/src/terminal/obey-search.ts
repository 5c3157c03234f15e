import type { MessageId } from '@confab/protocol';
import type { LocalHit } from '../e2ee';
import type { ChatApp } from './chat-app';
import { plainLine } from './plain-text';
import { type Hit, hitLine, shortened } from './render';

const HITS = 20;
/** So many words are shown before the one that was found. */
const WORDS_BEFORE = 4;

/** Finds messages: the server in chats that it can read, this device in those that it cannot. */
export async function search(app: ChatApp, q: string): Promise<void> {
  const { items, next_cursor } = await app.client.api.searchMessages(q, { limit: HITS });
  const local = (await app.encryption?.search(q)) ?? [];
  const secret = local.slice(0, HITS).map((hit) => withNames(app, hit, q));
  const lines = [...items, ...secret].map((hit) =>
    hitLine(hit, app.client.chat(hit.chat_id), app.view),
  );
  const hasMore = next_cursor !== null || local.length > HITS;
  if (hasMore) lines.push('… and others: search for more words to find less');
  if (lines.length === 0) return app.say('Nothing is found.');
  app.screen.print(lines.join('\n'));
}

function withNames(app: ChatApp, hit: LocalHit, q: string): Hit {
  const chat_id = hit.chat_id as Hit['chat_id'];
  const held = app.client.message(hit.message_id as MessageId);
  const peer = app.client.chat(chat_id)?.peer;
  const member = app.client.members(chat_id).find(({ user_id }) => user_id === hit.sender_id);
  const named = peer?.id === hit.sender_id ? peer : member?.user;
  return {
    chat_id,
    seq: hit.seq,
    sender_id: hit.sender_id as Hit['sender_id'],
    sender_username: held?.sender_username ?? named?.username ?? `user ${hit.sender_id}`,
    created_at: held?.created_at ?? null,
    snippet: snippetOf(hit.text, q),
  };
}

/** The part of a text in which the first word stands that was looked for. */
function snippetOf(text: string, q: string): string {
  const words = plainLine(text).split(/\s+/);
  const [wanted = ''] = q.toLowerCase().replaceAll('"', ' ').trim().split(/\s+/);
  const at = words.findIndex((word) => word.toLowerCase().includes(wanted));
  if (at <= WORDS_BEFORE) return shortened(text);
  return shortened(`… ${words.slice(at - WORDS_BEFORE).join(' ')}`);
}
