import { LIMITS, type Media } from '@confab/protocol';
import { type Cipher, cannotEncrypt, type FileDescription, type SealedFile } from '../cipher';
import { ClientError, cancelled } from '../errors';
import type { Draft } from '../outbox/entry';
import type { Progress } from './meter';
import type { FileInput } from './source';
import { Upload } from './upload';
import type { Uploads } from './uploads';

/** A message with files that are uploaded first. */
export interface FileDraft extends Draft {
  /** In the order in which they are shown; uploads that are under way may be among them. */
  readonly files?: readonly (FileInput | Upload)[];
  /** Of all files together, whenever one of those goes on that were no uploads before. */
  readonly onProgress?: (progress: Progress) => void;
  /** The same of each file, in their order. */
  readonly onEachProgress?: (progress: readonly Progress[]) => void;
  /** Asked for each file of an encrypted chat, of which nobody else can find out anything. */
  readonly describe?: (file: FileInput) => Promise<FileDescription>;
  /** Gives up, as long as the message is not in the outbox. */
  readonly signal?: AbortSignal;
}

interface Surroundings {
  readonly uploads: Uploads;
  readonly deleteFile: (media: Media) => Promise<unknown>;
  /** Of an encrypted chat. */
  readonly cipher: Cipher | null;
}

/** What of a draft without files is kept until it is sent. */
export function bareDraft(draft: FileDraft): Draft {
  const { files, onProgress, onEachProgress, describe, signal, ...bare } = draft;
  return bare;
}

/** Uploads a draft's files, and hands on what is to be sent. If either fails, none of them stays. */
export async function sendFiles<T>(
  { uploads, deleteFile, cipher }: Surroundings,
  whole: FileDraft,
  send: (draft: Draft) => Promise<T>,
): Promise<T> {
  const { files = [], signal, describe } = whole;
  const draft = bareDraft(whole);
  const sent = draft.media_ids ?? [];
  if (files.length + sent.length > LIMITS.filesPerMessage) {
    throw new ClientError('invalid', `A message has at most ${LIMITS.filesPerMessage} files`);
  }
  const tell = () => tellOf(whole, begun);
  const options = { onProgress: tell, ...(signal ? { signal } : {}) };
  const sealed = cipher ? await Promise.all(files.map((file) => seal(cipher, file, describe))) : [];
  const begun: Upload[] = [];
  for (const file of cipher ? sealed.map(({ source }) => source) : files) {
    begun.push(file instanceof Upload ? file : uploads.begin(file, options));
  }
  try {
    const media = await Promise.all(begun.map((upload) => upload.done));
    if (signal?.aborted) throw cancelled();
    const named = { ...draft, media_ids: [...sent, ...media.map(({ id }) => id)] };
    return await send(cipher ? await withSecrets(named, sealed, media) : named);
  } catch (error) {
    await Promise.allSettled(begun.map((upload) => undo(upload, deleteFile)));
    throw error;
  }
}

async function seal(
  cipher: Cipher,
  file: FileInput | Upload,
  describe: FileDraft['describe'],
): Promise<SealedFile> {
  if (!(file instanceof Upload)) return cipher.sealFile(file, (await describe?.(file)) ?? {});
  throw cannotEncrypt('An upload is not encrypted: give the file itself');
}

async function withSecrets(
  draft: Draft,
  sealed: readonly SealedFile[],
  media: readonly Media[],
): Promise<Draft> {
  const secrets = await Promise.all(sealed.map((file, i) => file.secret(media[i]?.id ?? 0)));
  return {
    ...draft,
    secret: { ...draft.secret, media: [...(draft.secret?.media ?? []), ...secrets] },
  };
}

async function undo(upload: Upload, deleteFile: Surroundings['deleteFile']): Promise<void> {
  await upload.cancel();
  if (upload.state === 'done') await deleteFile(await upload.done);
}

function tellOf({ onProgress, onEachProgress }: FileDraft, uploads: readonly Upload[]): void {
  onProgress?.(sum(uploads));
  onEachProgress?.(uploads.map((upload) => upload.progress));
}

function sum(uploads: readonly Upload[]): Progress {
  const parts = uploads.map((upload) => upload.progress);
  return {
    bytes: parts.reduce((all, { bytes }) => all + bytes, 0),
    total: parts.reduce((all, { total }) => all + total, 0),
  };
}
