import { sendMessage } from '../features/messages';
import { indexProgress, SearchFollower } from '../features/search';
import { systemClock } from '../lib/clock';
import type { Database } from '../storage/database';
import { randomNumbers, Vocabulary } from './vocabulary';

export interface Place {
  chatId: number;
  members: readonly number[];
}

const BATCH = 5000;

/** Messages in all of these chats in turn, each from one of its members. @returns their words */
export async function talk(
  { committer }: Database,
  places: readonly Place[],
  count: number,
  now: () => number,
): Promise<readonly string[]> {
  const random = randomNumbers(1);
  const vocabulary = new Vocabulary(random);
  const one = (n: number) => {
    const { chatId, members } = places[n % places.length] as Place;
    const senderId = members[Math.floor(random() * members.length)] ?? 0;
    const plain = { contentType: 'text', replyToId: null, clientMessageId: null } as const;
    const input = { chatId, senderId, content: vocabulary.message(), at: now(), ...plain };
    return committer.submit(sendMessage, input, chatId);
  };
  for (let sent = 0; sent < count; sent += BATCH) {
    const length = Math.min(BATCH, count - sent);
    await Promise.all(Array.from({ length }, (_, i) => one(sent + i)));
  }
  return vocabulary.words;
}

/** Puts all messages into the search index, as a server that has run for long would have. */
export function index({ background, read }: Database): Promise<void> {
  const follower = new SearchFollower({
    clock: systemClock,
    background,
    progress: indexProgress(read),
    queued: () => 0,
    onError: (error) => {
      throw error;
    },
  });
  return follower.catchUp();
}
