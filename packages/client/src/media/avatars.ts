import type { Chat, ChatId, Me } from '@confab/protocol';
import type { Rest } from '../rest/rest';
import { type FileInput, openFile } from './source';

/** Sets one's own picture. */
export async function setAvatar(rest: Rest, image: FileInput): Promise<Me> {
  return (await put(rest, '/api/auth/me/avatar', image)) as Me;
}

/** Sets a group's picture. */
export async function setChatAvatar(rest: Rest, chatId: ChatId, image: FileInput): Promise<Chat> {
  return (await put(rest, `/api/chats/${chatId}/avatar`, image)) as Chat;
}

async function put(rest: Rest, path: string, image: FileInput): Promise<unknown> {
  const file = openFile(image);
  try {
    const body = await file.read(0, file.size);
    const headers = { 'Content-Type': file.type || 'application/octet-stream' };
    const { signal } = new AbortController();
    const response = await rest.request({ method: 'PUT', path, headers, body, signal });
    return await response.json();
  } finally {
    file.close();
  }
}

/** Where a page loads a picture from: 512 pixels wide, or 96. */
export function avatarUrl(rest: Rest, url: string | null, size: 'large' | 'small'): string | null {
  if (!url?.startsWith('/')) return url;
  return rest.address(size === 'small' ? url.replace(/\.webp$/, '-96.webp') : url);
}
