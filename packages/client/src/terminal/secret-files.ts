import type { Media, Message } from '@confab/protocol';
import type { MediaSecret } from '../e2ee';
import type { DownloadOptions } from '../index';
import type { ChatApp } from './chat-app';

/** The files of an encrypted message as its sender tells of them: the server knows them as octets. */
export function secretMedia(message: Message, secrets: readonly MediaSecret[]): Media[] {
  return secrets.flatMap((secret) => {
    const held = heldOf(message, secret);
    if (!held) return [];
    const { name, type, size, width = null, height = null, duration = null } = secret;
    const facts = { original_filename: name, mime_type: type, file_size: size };
    return [{ ...held, ...facts, width, height, duration }];
  });
}

/** Of files that belong to a message and that the server does not name. */
export function missingWords(message: Message, secrets: readonly MediaSecret[]): string[] {
  const missing = secrets.filter((secret) => !heldOf(message, secret));
  return missing.map(({ name }) => `(missing: ${name})`);
}

const heldOf = ({ media }: Message, { media_id }: MediaSecret) =>
  media.find(({ id }) => id === media_id);

interface SavedFile {
  readonly name: string;
  open(options: DownloadOptions): Promise<ReadableStream<Uint8Array>>;
}

/** The files of a message, to be saved: decrypted where it is encrypted. */
export function savedFiles({ client, encryption }: ChatApp, message: Message): SavedFile[] {
  const view = encryption?.view(message);
  if (!encryption || !view || view.state === 'plain') {
    return message.media.map((file) => ({
      name: file.original_filename,
      open: (options) => client.download(file, options),
    }));
  }
  const secrets = view.state === 'shown' ? view.media : [];
  return secrets.map((secret) => ({
    name: secret.name,
    open: (options) => encryption.files.stream(secret, options),
  }));
}
