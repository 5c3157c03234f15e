import { latin1, says } from './bytes';
import { isoMediaType } from './iso-media';
import { adtsAt, mpegAudioAt, packetsStreamAt } from './self-framed';

const PLAIN: readonly (readonly [text: string, mimeType: string])[] = [
  ['\xff\xd8\xff', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['II+\0', 'image/tiff'],
  ['MM\0+', 'image/tiff'],
  ['fLaC', 'audio/flac'],
  ['#!AMR', 'audio/amr'],
  ['FLV\x01', 'video/x-flv'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video/x-ms-asf'],
  ['\0\0\x01\xba', 'video/mpeg'],
  ['\0\0\x01\xb3', 'video/mpeg'],
  ['{\\rtf', 'application/rtf'],
  ['\x1f\x8b', 'application/gzip'],
  ["7z\xbc\xaf'\x1c", 'application/x-7z-compressed'],
  ['Rar!\x1a\x07', 'application/vnd.rar'],
  ['\xfd7zXZ\0', 'application/x-xz'],
  ['BZh', 'application/x-bzip2'],
  ['\x28\xb5\x2f\xfd', 'application/zstd'],
];

/** Bytes of a container's head that tell what it holds. */
const OGG_CODECS: readonly (readonly [text: string, mimeType: string])[] = [
  ['OpusHead', 'audio/ogg'],
  ['\x01vorbis', 'audio/ogg'],
  ['\x7fFLAC', 'audio/ogg'],
  ['Speex   ', 'audio/ogg'],
  ['\x80theora', 'video/ogg'],
];

/**
 * The type that the first bytes tell, of those that need no more than these.
 * @param head the file's first 64 KiB, or all of it
 */
export function typeBySignature(head: Uint8Array): string | undefined {
  for (const [text, mimeType] of PLAIN) if (says(head, 0, text)) return mimeType;
  return (
    riffType(head) ??
    bitmapType(head) ??
    isoMediaType(head) ??
    oggType(head) ??
    ebmlType(head) ??
    pdfType(head) ??
    looseType(head)
  );
}

function riffType(head: Uint8Array): string | undefined {
  if (says(head, 0, 'FORM') && (says(head, 8, 'AIFF') || says(head, 8, 'AIFC')))
    return 'audio/aiff';
  if (says(head, 0, 'RF64') && says(head, 8, 'WAVE')) return 'audio/wav';
  if (!says(head, 0, 'RIFF')) return undefined;
  if (says(head, 8, 'WEBP')) return 'image/webp';
  if (says(head, 8, 'WAVE')) return 'audio/wav';
  return says(head, 8, 'AVI ') ? 'video/x-msvideo' : undefined;
}

/** Two letters are too few: the size of the header must be one that exists. */
function bitmapType(head: Uint8Array): string | undefined {
  if (!says(head, 0, 'BM') || head.length < 26) return undefined;
  const headerSize = new DataView(head.buffer, head.byteOffset).getUint32(14, true);
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(headerSize) ? 'image/bmp' : undefined;
}

/** The first packet of the first stream, 28 bytes in; a skeleton stream may come before it. */
function oggType(head: Uint8Array): string | undefined {
  if (!says(head, 0, 'OggS')) return undefined;
  for (const [text, mimeType] of OGG_CODECS) if (says(head, 28, text)) return mimeType;
  const start = latin1(head.subarray(0, 4096));
  return start.includes('\x80theora') ? 'video/ogg' : 'audio/ogg';
}

function ebmlType(head: Uint8Array): string | undefined {
  if (!says(head, 0, '\x1a\x45\xdf\xa3')) return undefined;
  const start = latin1(head.subarray(0, 128));
  if (start.includes('webm')) return 'video/webm';
  return start.includes('matroska') ? 'video/x-matroska' : undefined;
}

/** Readers take it after some space or a byte order mark as well. */
function pdfType(head: Uint8Array): string | undefined {
  const start = latin1(head.subarray(0, 64));
  return /^(\xef\xbb\xbf)?\s*%PDF-/.test(start) ? 'application/pdf' : undefined;
}

/** Streams without a header of their own: several units in a row must fit. */
function looseType(head: Uint8Array): string | undefined {
  if (says(head, 257, 'ustar')) return 'application/x-tar';
  if (adtsAt(head, 0)) return 'audio/aac';
  if (mpegAudioAt(head, 0)) return 'audio/mpeg';
  return packetsStreamAt(head) ? 'video/mp2t' : undefined;
}

/** Where the content begins after an ID3 tag, or undefined when there is none. */
export function endOfId3(head: Uint8Array): number | undefined {
  if (!says(head, 0, 'ID3') || head.length < 10) return undefined;
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return 10 + size;
}

/** What follows an ID3 tag; MPEG audio unless it says otherwise. */
export function typeAfterId3(bytes: Uint8Array): string {
  if (says(bytes, 0, 'fLaC')) return 'audio/flac';
  return adtsAt(bytes, 0) ? 'audio/aac' : 'audio/mpeg';
}
