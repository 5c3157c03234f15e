import { CHUNK_BYTES } from '@confab/client/e2ee';
import { type DecryptedQuestion, isPlayable } from '../../service-worker/decrypted-messages';
import { type DecryptedFile, DecryptedFiles } from './decrypted-files';
import { blobUrlOf, type SecretFile } from './encrypted-file';
import { startEncryption, whenSessionEnds } from './encryption';

const decrypted = new DecryptedFiles();
/** By their id. */
const given = new Map<number, DecryptedFile>();

const container = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
container?.addEventListener('message', ({ data, ports: [port] }: MessageEvent) => {
  if (data?.type !== 'decrypted' || !port) return;
  void decrypted.answer(data as DecryptedQuestion).then((answer) => {
    port.postMessage(answer, answer.state === 'read' ? [answer.bytes.buffer] : []);
  });
});

/** Without what belongs to its form only, such as codecs: players find that out themselves. */
const bareType = (type: string): string => type.replace(/;.*$/s, '').trim();

/**
 * The address of a film or a sound, from which a player loads what it plays. Without a worker, and where
 * it is not the one that is asked, the file is decrypted whole.
 * @throws why it broke off, once: whoever asks again begins anew
 */
export async function playableUrlOf(file: SecretFile): Promise<string> {
  const type = bareType(file.type);
  if (!container?.controller || file.size <= CHUNK_BYTES || !isPlayable(type)) {
    return blobUrlOf(file);
  }
  const known = given.get(file.media_id);
  if (!known) return begin(file, type);
  if (known.fault === null) return known.isAsked ? known.url : blobUrlOf(file);
  forget(file.media_id, known);
  throw known.fault;
}

async function begin(file: SecretFile, type: string): Promise<string> {
  const { files } = await startEncryption();
  const made = decrypted.add(files.open(file), { size: file.size, type });
  given.set(file.media_id, made);
  return made.url;
}

function forget(mediaId: number, file: DecryptedFile): void {
  given.delete(mediaId);
  decrypted.remove(file);
}

whenSessionEnds(() => {
  for (const [mediaId, file] of [...given]) forget(mediaId, file);
});
