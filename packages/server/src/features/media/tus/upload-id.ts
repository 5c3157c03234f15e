import { ConfabError } from '@confab/protocol';

/** Of a user's id, the bytes of the whole file, and chance: whose it is and how large need not be looked up. */
const ID = /^([1-9][0-9]{0,15})-([1-9][0-9]{0,15})-[0-9a-f]{32}$/;

export function newUploadId(
  userId: number,
  size: number,
  randomBytes: (count: number) => Uint8Array,
): string {
  return `${userId}-${size}-${Buffer.from(randomBytes(16)).toString('hex')}`;
}

export const ownerOf = (id: string): number => Number(ID.exec(id)?.[1]);
export const sizeOf = (id: string): number => Number(ID.exec(id)?.[2]);

/** Another's upload is answered like none. */
export function mustBeOwn(userId: number, id: string | undefined): asserts id is string {
  if (id === undefined || ownerOf(id) !== userId) {
    throw noSuchUpload();
  }
}

export const noSuchUpload = () => new ConfabError('not_found', 'There is no such upload');
