import { open } from 'node:fs/promises';
import { ConfabError } from '@confab/protocol/failure';
import { entryContent, listEntries } from './zip-entries';

/** Where office programs put the picture of the first page, by preference. */
const NAMES = [
  'docProps/thumbnail.jpeg',
  'docProps/thumbnail.jpg',
  'docProps/thumbnail.png',
  'Thumbnails/thumbnail.png',
];

/**
 * The picture of itself that an office document brings along; null when there is none.
 * @throws ConfabError `corrupt_media` when the archive has no readable list of its contents
 */
export async function embeddedPicture(path: string): Promise<Uint8Array | null> {
  const file = await open(path);
  try {
    const entries = await listEntries(file);
    if (!entries) {
      throw new ConfabError('corrupt_media', 'This document is damaged: it cannot be opened');
    }
    const entry = NAMES.map((name) => entries.get(name)).find((found) => found !== undefined);
    return entry ? await entryContent(file, entry) : null;
  } finally {
    await file.close();
  }
}
