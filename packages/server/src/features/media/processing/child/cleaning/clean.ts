import { randomUUID } from 'node:crypto';
import { constants, copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CleanedType, isCleaned } from '../../cleaned-types';
import type { ProcessRequest } from '../../processed';
import { type Blank, isMissing, writeBlank } from './blanks';
import { flacBlanks } from './flac';
import { cleanGif } from './gif';
import { heifBlanks } from './heif';
import { cleanJpeg } from './jpeg';
import { matroskaBlanks } from './matroska';
import { movieBlanks } from './movie';
import { mpegAudioBlanks } from './mpeg-audio';
import { oggBlanks } from './ogg';
import { cleanPng } from './png';
import { tiffBlanks } from './tiff';
import { cleanWebp } from './webp';

type Rebuild = (bytes: Uint8Array) => Uint8Array;
type FindBlanks = typeof movieBlanks;

/** Written anew from their parts, without those that have to go; or so full of offsets that nothing may move. */
const CLEANERS: Readonly<
  Record<CleanedType, { readonly rebuild: Rebuild } | { readonly find: FindBlanks }>
> = {
  'image/jpeg': { rebuild: cleanJpeg },
  'image/png': { rebuild: cleanPng },
  'image/gif': { rebuild: cleanGif },
  'image/webp': { rebuild: cleanWebp },
  'image/heic': { find: heifBlanks },
  'image/avif': { find: heifBlanks },
  'image/tiff': { find: tiffBlanks },
  'video/mp4': { find: movieBlanks },
  'video/quicktime': { find: movieBlanks },
  'video/3gpp': { find: movieBlanks },
  'audio/mp4': { find: movieBlanks },
  'audio/mpeg': { find: mpegAudioBlanks },
  'audio/aac': { find: mpegAudioBlanks },
  'audio/flac': { find: flacBlanks },
  'audio/ogg': { find: oggBlanks },
  'video/ogg': { find: oggBlanks },
  'video/webm': { find: matroskaBlanks },
  'audio/webm': { find: matroskaBlanks },
  'video/x-matroska': { find: matroskaBlanks },
};

/**
 * Strips what a file tells of where, when, by whom and with what it was made. Pixels and sound are never touched.
 * Resolves with the path of the clean file, which is the same one when nothing had to go.
 */
export async function clean(request: ProcessRequest): Promise<string> {
  const { mimeType } = request.recognised;
  if (!isCleaned(mimeType)) return request.path;
  const cleaner = CLEANERS[mimeType];
  return 'rebuild' in cleaner ? rebuilt(request, cleaner.rebuild) : blanked(request, cleaner.find);
}

const newPath = ({ outputDir, recognised }: ProcessRequest): string =>
  join(outputDir, `${randomUUID()}.${recognised.extension}`);

async function rebuilt(request: ProcessRequest, rebuild: Rebuild): Promise<string> {
  const bytes = await readFile(request.path);
  const result = rebuild(bytes);
  if (bytes.equals(result)) return request.path;
  const path = newPath(request);
  await writeFile(path, result);
  return path;
}

async function blanked(request: ProcessRequest, findBlanks: FindBlanks): Promise<string> {
  const blanks = await missingBlanks(request.path, findBlanks);
  if (blanks.length === 0) return request.path;
  const path = newPath(request);
  await copyFile(request.path, path, constants.COPYFILE_FICLONE);
  const file = await open(path, 'r+');
  try {
    for (const blank of blanks) await writeBlank(file, blank);
  } finally {
    await file.close();
  }
  return path;
}

async function missingBlanks(path: string, findBlanks: FindBlanks): Promise<Blank[]> {
  const file = await open(path);
  try {
    const missing: Blank[] = [];
    for (const blank of await findBlanks(file, (await file.stat()).size)) {
      if (await isMissing(file, blank)) missing.push(blank);
    }
    return missing;
  } finally {
    await file.close();
  }
}
