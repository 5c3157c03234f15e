import type { LocalHit } from '@confab/client/e2ee';
import type { ChatId } from '../../state/types';
import { encryptionState, startEncryption } from './encryption';

/**
 * The messages of encrypted chats that hold these words, among those that were opened in this browser,
 * the newest first: the server cannot search them.
 */
export async function searchEncrypted(words: string, chatId?: ChatId): Promise<LocalHit[]> {
  if (words.trim() === '' || encryptionState.value === 'idle') return [];
  const encryption = await startEncryption();
  return encryptionState.value === 'ready' ? encryption.search(words, chatId) : [];
}
