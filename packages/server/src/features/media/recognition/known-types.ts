import type { MediaType } from '../processing/processed';

export interface KnownType {
  readonly mimeType: string;
  readonly mediaType: MediaType;
  /** The usual one; the name of the stored file ends in it. */
  readonly extension: string;
  /** Other names' endings that go with it. */
  readonly endings?: readonly string[];
  /** What else programs call the same type, or a type that includes it. */
  readonly aliases?: readonly string[];
}

const MP4_NAMES = [
  'video/mp4',
  'video/quicktime',
  'video/x-m4v',
  'audio/mp4',
  'audio/x-m4a',
  'audio/m4a',
];
const MP4_ENDINGS = ['mp4', 'mov', 'm4v', 'm4a', 'm4b', 'qt', '3gp', '3g2'];
const WEBM_NAMES = [
  'video/webm',
  'audio/webm',
  'video/x-matroska',
  'audio/x-matroska',
  'video/matroska',
];
const WEBM_ENDINGS = ['webm', 'weba', 'mkv', 'mka'];
const OGG_NAMES = [
  'audio/ogg',
  'video/ogg',
  'application/ogg',
  'audio/opus',
  'audio/vorbis',
  'audio/x-opus+ogg',
];
const OGG_ENDINGS = ['ogg', 'oga', 'ogv', 'opus', 'ogx', 'spx'];
const ZIP_NAMES = ['application/zip', 'application/x-zip-compressed', 'application/x-zip'];
const OLE_NAMES = ['application/x-ole-storage', 'application/x-cfb'];
const HEIF_NAMES = ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'];
const ASF_NAMES = ['video/x-ms-asf', 'video/x-ms-wmv', 'audio/x-ms-wma', 'application/vnd.ms-asf'];
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OFFICE_NAMES = [
  `${OFFICE}.wordprocessingml.document`,
  `${OFFICE}.spreadsheetml.sheet`,
  `${OFFICE}.presentationml.presentation`,
];
const OPEN = 'application/vnd.oasis.opendocument';

function known(
  mediaType: MediaType,
  mimeType: string,
  extension: string,
  endings: readonly string[] = [],
  aliases: readonly string[] = [],
): KnownType {
  return { mimeType, mediaType, extension, endings, aliases };
}

const TYPES: readonly KnownType[] = [
  known('image', 'image/jpeg', 'jpg', ['jpeg', 'jpe', 'jfif'], ['image/jpg', 'image/pjpeg']),
  known(
    'image',
    'image/png',
    'png',
    ['apng'],
    ['image/apng', 'image/x-png', 'image/vnd.mozilla.apng'],
  ),
  known('image', 'image/gif', 'gif'),
  known('image', 'image/webp', 'webp'),
  known('image', 'image/avif', 'avif', ['avifs'], ['image/avif-sequence']),
  known('image', 'image/heic', 'heic', ['heif', 'hif'], HEIF_NAMES),
  known('image', 'image/bmp', 'bmp', ['dib'], ['image/x-bmp', 'image/x-ms-bmp']),
  known('document', 'image/tiff', 'tif', ['tiff'], ['image/tif', 'image/x-tiff']),
  known('video', 'video/mp4', 'mp4', MP4_ENDINGS, MP4_NAMES),
  known('video', 'video/quicktime', 'mov', MP4_ENDINGS, MP4_NAMES),
  known('video', 'video/3gpp', '3gp', MP4_ENDINGS, [...MP4_NAMES, 'video/3gpp2', 'audio/3gpp']),
  known('audio', 'audio/mp4', 'm4a', MP4_ENDINGS, MP4_NAMES),
  known('video', 'video/webm', 'webm', WEBM_ENDINGS, WEBM_NAMES),
  known('audio', 'audio/webm', 'weba', WEBM_ENDINGS, WEBM_NAMES),
  known('video', 'video/x-matroska', 'mkv', WEBM_ENDINGS, WEBM_NAMES),
  known('audio', 'audio/ogg', 'ogg', OGG_ENDINGS, OGG_NAMES),
  known('video', 'video/ogg', 'ogv', OGG_ENDINGS, OGG_NAMES),
  known('video', 'video/x-msvideo', 'avi', [], ['video/avi', 'video/msvideo', 'video/vnd.avi']),
  known('video', 'video/x-ms-asf', 'asf', ['wmv', 'wma'], ASF_NAMES),
  known('video', 'video/x-flv', 'flv'),
  known('video', 'video/mpeg', 'mpg', ['mpeg', 'vob'], ['video/mpg', 'video/x-mpeg']),
  known('video', 'video/mp2t', 'ts', ['mts', 'm2ts'], ['video/vnd.dlna.mpeg-tts']),
  known('audio', 'audio/mpeg', 'mp3', [], ['audio/mp3', 'audio/x-mp3', 'audio/x-mpeg']),
  known('audio', 'audio/wav', 'wav', ['wave'], ['audio/x-wav', 'audio/wave', 'audio/vnd.wave']),
  known('audio', 'audio/flac', 'flac', [], ['audio/x-flac']),
  known('audio', 'audio/aac', 'aac', [], ['audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts']),
  known('audio', 'audio/aiff', 'aiff', ['aif', 'aifc'], ['audio/x-aiff']),
  known('audio', 'audio/amr', 'amr', [], ['audio/x-amr', 'audio/amr-wb']),
  known('document', 'application/pdf', 'pdf', [], ['application/x-pdf']),
  known('document', 'application/rtf', 'rtf', ['doc'], ['text/rtf', 'application/msword']),
  known(
    'document',
    `${OFFICE}.wordprocessingml.document`,
    'docx',
    ['docm', 'dotx', 'dotm'],
    ZIP_NAMES,
  ),
  known('document', `${OFFICE}.spreadsheetml.sheet`, 'xlsx', ['xlsm', 'xltx', 'xlsb'], ZIP_NAMES),
  known(
    'document',
    `${OFFICE}.presentationml.presentation`,
    'pptx',
    ['pptm', 'ppsx', 'potx'],
    ZIP_NAMES,
  ),
  known('document', `${OPEN}.text`, 'odt', ['ott'], ZIP_NAMES),
  known('document', `${OPEN}.spreadsheet`, 'ods', ['ots'], ZIP_NAMES),
  known('document', `${OPEN}.presentation`, 'odp', ['otp'], ZIP_NAMES),
  known('document', 'application/epub+zip', 'epub', [], ZIP_NAMES),
  known('document', 'application/msword', 'doc', ['dot'], OLE_NAMES),
  known('document', 'application/vnd.ms-excel', 'xls', ['xlt'], OLE_NAMES),
  known('document', 'application/vnd.ms-powerpoint', 'ppt', ['pps', 'pot'], OLE_NAMES),
  known('document', 'text/plain', 'txt', ['log', 'text']),
  known('document', 'text/csv', 'csv'),
  known('document', 'text/markdown', 'md', ['markdown']),
  known('document', 'application/json', 'json'),
  // Office files with a password are in such a container.
  known(
    'other',
    'application/x-ole-storage',
    'bin',
    ['docx', 'xlsx', 'pptx'],
    [...OLE_NAMES, ...OFFICE_NAMES],
  ),
  known('other', 'application/zip', 'zip', [], ZIP_NAMES),
  known('other', 'application/gzip', 'gz', ['tgz'], ['application/x-gzip', 'application/x-gtar']),
  known('other', 'application/x-7z-compressed', '7z'),
  known(
    'other',
    'application/vnd.rar',
    'rar',
    [],
    ['application/x-rar-compressed', 'application/x-rar'],
  ),
  known('other', 'application/x-xz', 'xz', ['txz']),
  known('other', 'application/x-bzip2', 'bz2', ['tbz2'], ['application/x-bzip']),
  known('other', 'application/zstd', 'zst', [], ['application/x-zstd']),
  known('other', 'application/x-tar', 'tar'),
  known('other', 'application/octet-stream', 'bin'),
];

const BY_MIME_TYPE: ReadonlyMap<string, KnownType> = new Map(
  TYPES.map((type) => [type.mimeType, type]),
);
const ENDINGS: ReadonlySet<string> = new Set(
  TYPES.flatMap((type) => [type.extension, ...(type.endings ?? [])]),
);
const NAMES: ReadonlySet<string> = new Set(
  TYPES.flatMap((type) => [type.mimeType, ...(type.aliases ?? [])]),
);

/** @throws when the table lacks it, which is a mistake in a signature */
export function knownType(mimeType: string): KnownType {
  const type = BY_MIME_TYPE.get(mimeType);
  if (!type) throw new Error(`No such type in the table: ${mimeType}`);
  return type;
}

/** Whether names with this ending promise a certain content. */
export const isTellingEnding = (ending: string): boolean => ending !== 'bin' && ENDINGS.has(ending);
export const isKnownName = (mimeType: string): boolean => NAMES.has(mimeType);
