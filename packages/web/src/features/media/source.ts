import type { MediaSecret } from '@confab/client/e2ee';
import { session } from '../../state/session';
import type { Media, Message } from '../../state/types';
import { plainName } from '../../ui/plain-name';
import { shownOf } from '../encryption/view';
import { save } from './save';
import { sealedFilesOf, sealedSource } from './sealed-files';

/** Where a file's bytes come from. Addresses end: ask again each time one is needed. */
export interface MediaSource {
  /** A small picture of it; null when there is none. */
  thumbnail(): Promise<string | null>;
  original(): Promise<string>;
  /** Saves it on the user's device. */
  download(): Promise<void>;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'voice' | 'file';

/** A file of a message as it is shown, encrypted or not. */
export interface MediaItem {
  readonly id: number;
  readonly kind: MediaKind;
  readonly name: string;
  /** What an audio file calls itself. */
  readonly title: string | null;
  /** Bytes. */
  readonly size: number;
  readonly type: string;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  /** Seconds. */
  readonly duration: number | null;
  /** Base64. */
  readonly thumbhash: string | null;
  readonly waveform: readonly number[] | null;
  readonly isAnimated: boolean;
  /** False while the server is still finding out what it is. */
  readonly isProcessed: boolean;
  readonly source: MediaSource;
}

/** The files of a message, in its order. */
export function itemsOf(message: Message): readonly MediaItem[] {
  const { state } = shownOf(message);
  if (state === 'shown') return sealedFilesOf(message).map(sealedItem);
  return state === 'plain' ? message.media.map(plainItem) : [];
}

export const isVisual = ({ kind }: MediaItem): boolean => kind === 'image' || kind === 'video';
export const isSound = ({ kind }: MediaItem): boolean => kind === 'audio' || kind === 'voice';

function kindOf({ media_type: type, is_voice }: Media): MediaKind {
  if (type === 'audio') return is_voice ? 'voice' : 'audio';
  return type === 'image' || type === 'video' ? type : 'file';
}

function plainItem(media: Media): MediaItem {
  return {
    id: media.id,
    kind: kindOf(media),
    name: media.original_filename,
    title: titleOf(media),
    size: media.file_size,
    type: media.mime_type,
    width: media.width,
    height: media.height,
    duration: media.duration,
    thumbhash: media.thumbhash,
    waveform: media.waveform,
    isAnimated: media.is_animated,
    isProcessed: media.is_processed,
    source: plainSource(media),
  };
}

function titleOf({ tags }: Media): string | null {
  const parts = [tags?.artist, tags?.title].filter((part) => part !== undefined && part !== '');
  return tags?.title ? parts.join(' – ') : null;
}

const plainSource = (media: Media): MediaSource => ({
  thumbnail: () => session.client.thumbnailUrl(media),
  original: () => session.client.mediaUrl(media),
  download: async () =>
    save(await session.client.mediaUrl(media, { download: true }), media.original_filename),
});

function sealedKindOf({ type, waveform }: MediaSecret): MediaKind {
  const [main] = type.split('/');
  if (main === 'audio') return waveform ? 'voice' : 'audio';
  return main === 'image' || main === 'video' ? main : 'file';
}

function sealedItem(file: MediaSecret): MediaItem {
  return {
    id: file.media_id,
    kind: sealedKindOf(file),
    // That of an open file the server has made plain.
    name: plainName(file.name),
    title: null,
    size: file.size,
    type: file.type,
    width: file.width ?? null,
    height: file.height ?? null,
    duration: file.duration ?? null,
    thumbhash: file.thumbhash?.replaceAll('-', '+').replaceAll('_', '/') ?? null,
    waveform: file.waveform ?? null,
    // It is decrypted whole in any case, and plays by itself then.
    isAnimated: false,
    isProcessed: true,
    source: sealedSource(file),
  };
}
