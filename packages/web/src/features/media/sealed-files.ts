import type { MediaSecret } from '@confab/client/e2ee';
import type { Message } from '../../state/types';
import { save } from './save';
import type { MediaSource } from './source';

type Sealed = Pick<MediaSecret, 'media_id' | 'key' | 'prefix' | 'size' | 'hash' | 'type'>;

/** What the encryption knows of files. */
export interface SealedFiles {
  /** The files of a message that was opened. May read signals: components follow them. */
  of(message: Message): readonly MediaSecret[];
  /** Decrypts a file. @returns an address from which this page can load it */
  urlOf(file: Sealed): Promise<string>;
  /** An address from which a player of this page can load a film or a sound while it plays. */
  playableUrlOf(file: Sealed): Promise<string>;
}

let files: SealedFiles | null = null;

/** The encryption is loaded when it is needed, and gives then what it knows. */
export function provideSealedFiles(provided: SealedFiles): void {
  files = provided;
}

export const sealedFilesOf = (message: Message): readonly MediaSecret[] => files?.of(message) ?? [];

/** Larger pictures are not fetched unasked, bytes. */
const PREVIEWED_BYTES = 8 * 1024 * 1024;

function loaded(): SealedFiles {
  if (files) return files;
  throw new Error('The encryption is not loaded');
}

const opened = async (file: Sealed): Promise<string> => loaded().urlOf(file);
const playable = async (file: Sealed): Promise<string> => loaded().playableUrlOf(file);

export function sealedSource(file: MediaSecret): MediaSource {
  const isSmallPicture = file.type.startsWith('image/') && file.size <= PREVIEWED_BYTES;
  return {
    thumbnail: async () => {
      if (file.thumbnail) return opened(file.thumbnail);
      return isSmallPicture ? opened(file) : null;
    },
    original: () => (/^(audio|video)\//.test(file.type) ? playable(file) : opened(file)),
    download: async () => save(await opened(file), file.name),
  };
}
