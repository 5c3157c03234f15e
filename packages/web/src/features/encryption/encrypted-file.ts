import type { MediaSecret } from '@confab/client/e2ee';
import type { Message } from '../../state/types';
import { encryption, startEncryption, whenSessionEnds } from './encryption';

/** An encrypted file, or its thumbnail. */
export type SecretFile = Pick<
  MediaSecret,
  'media_id' | 'key' | 'prefix' | 'size' | 'hash' | 'type'
>;

interface Opened {
  readonly file: SecretFile;
  readonly url: Promise<string>;
}

/** So much of what was decrypted is kept, bytes. An address that went is asked for again. */
const KEPT_BYTES = 192 * 1024 * 1024;

/** By their id, the one that was asked for last at the end. */
const opened = new Map<number, Opened>();

/** The address of a decrypted file within this page; ask again each time one is needed. */
export async function blobUrlOf(file: SecretFile): Promise<string> {
  const { media_id } = file;
  const known = opened.get(media_id) ?? { file, url: open(file) };
  opened.delete(media_id);
  opened.set(media_id, known);
  try {
    return await known.url;
  } catch (fault) {
    // Whoever asks next tries again.
    if (opened.get(media_id) === known) opened.delete(media_id);
    throw fault;
  } finally {
    forgetOld(known);
  }
}

async function open(file: SecretFile): Promise<string> {
  const { files } = await startEncryption();
  return URL.createObjectURL(await files.read({ ...file, type: shownType(file.type) }));
}

/** A whole file, decrypted, with the type that its sender gave: not to be shown in this page. */
export async function openedFile(file: SecretFile): Promise<Blob> {
  return (await startEncryption()).files.read(file);
}

/** What a page of this address could run is mere bytes to the browser: its sender chose the type. */
const shownType = (type: string): string =>
  /^(image\/(?!svg)|video\/|audio\/)/.test(type) ? type : 'application/octet-stream';

function forgetOld(but: Opened): void {
  let bytes = 0;
  for (const one of [...opened.values()].reverse()) {
    bytes += one.file.size;
    if (one !== but && bytes > KEPT_BYTES) forget(one);
  }
}

function forget({ file, url }: Opened): void {
  opened.delete(file.media_id);
  url.then(URL.revokeObjectURL, () => {});
}

whenSessionEnds(() => {
  for (const one of [...opened.values()]) forget(one);
});

/** The encrypted files of a message that was opened. */
export function secretFilesOf(message: Message): readonly MediaSecret[] {
  const view = encryption.value?.view(message);
  return view?.state === 'shown' ? view.media : [];
}
