export type BlobKind = 'media' | 'thumbnails' | 'avatars';
export const BLOB_KINDS: readonly BlobKind[] = ['media', 'thumbnails', 'avatars'];

/** `media/ab/cd/abcd….jpg`: a kind, two levels of folders, and a name that nobody can guess. */
export type BlobKey = string & { readonly __brand: 'BlobKey' };

const NAME_BYTES = 16;
const KEY =
  /^(media|thumbnails|avatars)\/([0-9a-f]{2})\/([0-9a-f]{2})\/\2\3[0-9a-f]{28}\.[a-z0-9]{1,10}$/;
const EXTENSION = /^[a-z0-9]{1,10}$/;

/** @param extension without its dot; what is no plain one becomes `bin` */
export function newBlobKey(
  kind: BlobKind,
  extension: string,
  randomBytes: (count: number) => Uint8Array,
): BlobKey {
  const name = Buffer.from(randomBytes(NAME_BYTES)).toString('hex');
  const folders = `${kind}/${name.slice(0, 2)}/${name.slice(2, 4)}`;
  return `${folders}/${name}.${EXTENSION.test(extension) ? extension : 'bin'}` as BlobKey;
}

export const isBlobKey = (text: string): text is BlobKey => KEY.test(text);

/**
 * For keys that come from a database: whatever stands there, no path leads out of the store.
 * @throws Error when it is no key
 */
export function checkedKey(text: string): BlobKey {
  if (isBlobKey(text)) return text;
  throw new Error('This is no key of a stored file');
}
