import type { FileHandle } from 'node:fs/promises';
import type { Blank } from './blanks';
import { leadingTags } from './id3';
import { trailingBlanks } from './trailing-tags';

/** What has to be blanked of MP3 and AAC files, which are sound with tags before and after it. */
export async function mpegAudioBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const { blanks } = await leadingTags(file, size);
  return [...blanks, ...(await trailingBlanks(file, size))];
}
