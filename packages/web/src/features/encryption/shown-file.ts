import type { MediaSecret } from '@confab/client/e2ee';
import type { Media, Message } from '../../state/types';
import { plainName } from '../../ui/plain-name';

/** A file of a message. An encrypted one has its `secret`, by which it is opened. */
export type ShownFile = Media & { readonly secret?: MediaSecret };

const made = new WeakMap<MediaSecret, ShownFile>();

/** An encrypted file as if the server knew what it is: the same one each time. */
export function shownFile(message: Message, secret: MediaSecret): ShownFile {
  const known = made.get(secret) ?? describe(message, secret);
  made.set(secret, known);
  return known;
}

function describe({ id, sender_id, created_at }: Message, secret: MediaSecret): ShownFile {
  const { media_id, type, size, thumbnail } = secret;
  const name = plainName(secret.name);
  const [kind] = type.split('/');
  return {
    id: media_id as Media['id'],
    message_id: id,
    uploader_id: sender_id,
    filename: name,
    original_filename: name,
    file_size: size,
    mime_type: type,
    media_type: kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document',
    width: secret.width ?? null,
    height: secret.height ?? null,
    duration: secret.duration ?? null,
    thumbnail_path: null,
    thumbnail_width: thumbnail?.width ?? null,
    thumbnail_height: thumbnail?.height ?? null,
    thumbhash: secret.thumbhash ? standardBase64(secret.thumbhash) : null,
    waveform: secret.waveform ?? null,
    rotation: null,
    codec: null,
    tags: null,
    is_animated: type === 'image/gif',
    is_voice: kind === 'audio' && secret.waveform !== undefined,
    is_processed: true,
    url: '',
    created_at,
    secret,
  };
}

const standardBase64 = (url: string): string => url.replaceAll('-', '+').replaceAll('_', '/');
