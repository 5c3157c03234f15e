import { createHash } from 'node:crypto';
import type { BlobKey } from '../../../storage/blobs/blob-key';

/** Strong: what lies under a key never changes. It does not tell the key. */
export function etagOf(key: BlobKey): string {
  return `"${createHash('sha256').update(key).digest('base64url').slice(0, 22)}"`;
}

const opaque = (tag: string): string => tag.replace(/^W\//, '');

function tagsOf(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** Whether a client's copy is still good (RFC 9110, section 13.1.2). */
export function isUnchanged(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return tagsOf(ifNoneMatch).some((tag) => opaque(tag) === etag);
}

/** Whether a client wants another version than there is (section 13.1.1). */
export function isOtherWanted(ifMatch: string | null, etag: string): boolean {
  if (ifMatch === null || ifMatch.trim() === '*') return false;
  return !tagsOf(ifMatch).includes(etag);
}

/** Whether a part may be sent; a date never fits, as files have none (section 13.1.5). */
export function isPartAllowed(ifRange: string | null, etag: string): boolean {
  return ifRange === null || ifRange.trim() === etag;
}
