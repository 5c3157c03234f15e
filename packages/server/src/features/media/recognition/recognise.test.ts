import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol/failure';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { recognise } from './recognise';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'recognise-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

type Content = string | Uint8Array;
const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content, 'latin1') : content;

function told(content: Content, filename = 'file', claimedType?: string) {
  const path = join(dir, 'content');
  writeFileSync(path, bytesOf(content));
  return recognise(path, { filename, claimedType });
}

const mimeOf = async (content: Content, filename?: string, claimedType?: string) =>
  (await told(content, filename, claimedType)).mimeType;
const codeOf = (content: Content, filename?: string, claimedType?: string) =>
  told(content, filename, claimedType).then(
    ({ mimeType }) => mimeType,
    (error: ConfabError) => error.code,
  );

const padded = (start: string, length = 64): string => start.padEnd(length, '\0');
const brands = (...names: string[]): string => {
  const size = 16 + 4 * (names.length - 1);
  return padded(
    `\0\0\0${String.fromCharCode(size)}ftyp${names[0]}\0\0\0\0${names.slice(1).join('')}`,
  );
};
const ogg = (packet: string): string => padded(`${padded('OggS', 28)}${packet}`, 128);
const ebml = (kind: string): string => `\x1a\x45\xdf\xa3\x8f\x42\x82\x84${kind}\0\0`;
const riff = (kind: string): string => padded(`RIFF\0\0\0\0${kind}`);
/** MPEG 1 layer III, 128 kbit/s, 44,100 Hz: 417 bytes. */
const MP3 = padded('\xff\xfb\x90\0', 417).repeat(3);
/** A frame of 16 bytes. */
const AAC = padded('\xff\xf1\x50\x80\x02\x1f\xfc', 16).repeat(3);
const BMP = padded(`${padded('BM', 14)}\x28\0\0\0`);
const JPEG = padded('\xff\xd8\xff\xe0');
const PNG = padded('\x89PNG\r\n\x1a\n');
const PDF = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
const zip = (...names: string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])));
const stated = (type: string): Uint8Array =>
  zipSync({ mimetype: strToU8(type), 'content.xml': strToU8('x') }, { level: 0 });
const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** A compound file whose directory is in its first sector. */
function compound(stream: string): Uint8Array {
  const bytes = Buffer.alloc(1024);
  bytes.set(Buffer.from('d0cf11e0a1b11ae1', 'hex'));
  bytes.writeUInt16LE(9, 30);
  bytes.write(stream, 512 + 128, 'utf16le');
  bytes.writeUInt16LE(stream.length * 2 + 2, 512 + 128 + 64);
  return bytes;
}

describe('what a file is', () => {
  const cases: [
    what: string,
    content: Content,
    mimeType: string,
    mediaType: string,
    extension: string,
  ][] = [
    ['JPEG', JPEG, 'image/jpeg', 'image', 'jpg'],
    ['PNG', PNG, 'image/png', 'image', 'png'],
    ['GIF', padded('GIF89a'), 'image/gif', 'image', 'gif'],
    ['WebP', riff('WEBP'), 'image/webp', 'image', 'webp'],
    ['BMP', BMP, 'image/bmp', 'image', 'bmp'],
    ['TIFF', padded('II*\0'), 'image/tiff', 'document', 'tif'],
    ['HEIC', brands('heic', 'mif1'), 'image/heic', 'image', 'heic'],
    ['HEIC by a compatible brand', brands('mif1', 'miaf', 'heic'), 'image/heic', 'image', 'heic'],
    ['AVIF', brands('avif'), 'image/avif', 'image', 'avif'],
    ['AVIF by a compatible brand', brands('mif1', 'avif'), 'image/avif', 'image', 'avif'],
    ['MP4', brands('isom', 'mp41'), 'video/mp4', 'video', 'mp4'],
    ['QuickTime', brands('qt  '), 'video/quicktime', 'video', 'mov'],
    ['QuickTime without brands', padded('\0\0\0\x20moov'), 'video/quicktime', 'video', 'mov'],
    ['3GP', brands('3gp4'), 'video/3gpp', 'video', '3gp'],
    ['M4A', brands('M4A '), 'audio/mp4', 'audio', 'm4a'],
    ['WebM', ebml('webm'), 'video/webm', 'video', 'webm'],
    ['Matroska', ebml('matroska'), 'video/x-matroska', 'video', 'mkv'],
    ['Ogg Opus', ogg('OpusHead'), 'audio/ogg', 'audio', 'ogg'],
    ['Ogg Vorbis', ogg('\x01vorbis'), 'audio/ogg', 'audio', 'ogg'],
    ['Ogg FLAC', ogg('\x7fFLAC'), 'audio/ogg', 'audio', 'ogg'],
    ['Ogg Theora', ogg('\x80theora'), 'video/ogg', 'video', 'ogv'],
    [
      'Ogg Theora after a skeleton',
      ogg(`fishead\0${padded('OggS', 40)}\x80theora`),
      'video/ogg',
      'video',
      'ogv',
    ],
    ['AVI', riff('AVI '), 'video/x-msvideo', 'video', 'avi'],
    ['MPEG transport stream', padded('G', 188).repeat(3), 'video/mp2t', 'video', 'ts'],
    ['MP3', MP3, 'audio/mpeg', 'audio', 'mp3'],
    [
      'MP3 with a tag',
      `ID3\x04\0\0\0\0\0\x10${padded('', 16)}${MP3}`,
      'audio/mpeg',
      'audio',
      'mp3',
    ],
    [
      'FLAC with a tag',
      `ID3\x04\0\0\0\0\0\x10${padded('', 16)}fLaC`,
      'audio/flac',
      'audio',
      'flac',
    ],
    [
      'MP3 with a cover of more than a window',
      `ID3\x04\0\0\0\x06\0\0${padded('', 98304)}${MP3}`,
      'audio/mpeg',
      'audio',
      'mp3',
    ],
    ['FLAC', padded('fLaC'), 'audio/flac', 'audio', 'flac'],
    ['WAV', riff('WAVE'), 'audio/wav', 'audio', 'wav'],
    ['AAC', AAC, 'audio/aac', 'audio', 'aac'],
    ['AMR, which begins like a script', padded('#!AMR\n'), 'audio/amr', 'audio', 'amr'],
    ['PDF', PDF, 'application/pdf', 'document', 'pdf'],
    ['RTF', '{\\rtf1\\ansi}', 'application/rtf', 'document', 'rtf'],
    [
      'Word',
      zip('[Content_Types].xml', 'word/document.xml'),
      `${OFFICE}.wordprocessingml.document`,
      'document',
      'docx',
    ],
    [
      'Excel',
      zip('_rels/.rels', 'xl/workbook.xml', '[Content_Types].xml'),
      `${OFFICE}.spreadsheetml.sheet`,
      'document',
      'xlsx',
    ],
    [
      'PowerPoint',
      zip('[Content_Types].xml', 'ppt/a.xml'),
      `${OFFICE}.presentationml.presentation`,
      'document',
      'pptx',
    ],
    [
      'OpenDocument text',
      stated('application/vnd.oasis.opendocument.text'),
      'application/vnd.oasis.opendocument.text',
      'document',
      'odt',
    ],
    [
      'OpenDocument table',
      stated('application/vnd.oasis.opendocument.spreadsheet'),
      'application/vnd.oasis.opendocument.spreadsheet',
      'document',
      'ods',
    ],
    [
      'OpenDocument slides',
      stated('application/vnd.oasis.opendocument.presentation'),
      'application/vnd.oasis.opendocument.presentation',
      'document',
      'odp',
    ],
    ['ZIP', zip('a.txt', 'word/b.txt'), 'application/zip', 'other', 'zip'],
    ['ZIP without entries', padded('PK\x05\x06', 22), 'application/zip', 'other', 'zip'],
    ['old Word', compound('WordDocument'), 'application/msword', 'document', 'doc'],
    ['old Excel', compound('Workbook'), 'application/vnd.ms-excel', 'document', 'xls'],
    [
      'old PowerPoint',
      compound('PowerPoint Document'),
      'application/vnd.ms-powerpoint',
      'document',
      'ppt',
    ],
    ['another compound file', compound('Other'), 'application/x-ole-storage', 'other', 'bin'],
    ['text', 'Hello\n', 'text/plain', 'document', 'txt'],
    ['nothing at all', '', 'text/plain', 'document', 'txt'],
    ['UTF-8', Buffer.from('Grüße, 世界'), 'text/plain', 'document', 'txt'],
    [
      'UTF-16',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Grüße', 'utf16le')]),
      'text/plain',
      'document',
      'txt',
    ],
    ['bytes without meaning', '\0\x01\x02\x03', 'application/octet-stream', 'other', 'bin'],
  ];
  for (const [what, content, mimeType, mediaType, extension] of cases) {
    test(what, async () => {
      expect(await told(content)).toEqual({ mimeType, mediaType: mediaType as 'image', extension });
    });
  }

  test('a text cut in the middle of a character by the window is one', async () => {
    expect(await mimeOf(Buffer.from(`a${'ü'.repeat(40_000)}`))).toBe('text/plain');
  });

  test('the name chooses between kinds of text', async () => {
    expect(await mimeOf('a,b\n1,2', 'table.CSV')).toBe('text/csv');
    expect(await mimeOf('# Title', 'read.md')).toBe('text/markdown');
    expect(await mimeOf('{"a": 1}', 'data.json')).toBe('application/json');
  });

  test('an older encoding is believed of what is named a text, and of nothing else', async () => {
    expect(await mimeOf('Gr\xfc\xdfe', 'letter.txt')).toBe('text/plain');
    expect(await mimeOf('a;\xfc', 'table.csv', 'application/vnd.ms-excel')).toBe('text/csv');
    expect(await mimeOf('Gr\xfc\xdfe', 'letter')).toBe('application/octet-stream');
  });

  test('recorders of voices say that their container holds sound', async () => {
    expect(await mimeOf(ebml('webm'), 'voice.webm', 'audio/webm;codecs=opus')).toBe('audio/webm');
    expect(await mimeOf(brands('iso5'), 'voice.mp4', 'audio/mp4')).toBe('audio/mp4');
  });
});

describe('what is refused', () => {
  const pages = [
    '<!DOCTYPE html><p>',
    '\ufeff <!-- hello --> <HTML>',
    '<script>alert(1)</script>',
    '\n\t<svg onload=alert(1)>',
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY x "y">]><svg/>',
    '<?xml version="1.0"?><a xmlns="http://www.w3.org/1999/xhtml"/>',
    '<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>',
    '<iframe src=x>',
    `<!doctype svg [${']'.repeat(60_000)}`,
    `${'<!---->'.repeat(9_000)}<html>`,
  ];
  for (const page of pages) {
    test(`a page under a harmless name: ${page.trim().slice(0, 40)}`, async () => {
      expect(await codeOf(Buffer.from(page), 'notes.txt', 'text/plain')).toBe(
        'unsupported_media_type',
      );
    });
  }

  test('pages by their name or type, whatever is in them', async () => {
    expect(await codeOf('hello', 'page.html')).toBe('unsupported_media_type');
    expect(await codeOf('hello', 'image.SVG')).toBe('unsupported_media_type');
    expect(await codeOf('hello', 'a', 'image/svg+xml; charset=utf-8')).toBe(
      'unsupported_media_type',
    );
    expect(await codeOf(PNG, 'a', 'text/html')).toBe('unsupported_media_type');
  });

  test('programs and scripts', async () => {
    const programs = [
      '\x7fELF',
      'MZ\x90\0',
      '\xcf\xfa\xed\xfe',
      '\xca\xfe\xba\xbe',
      '#!/bin/sh\n',
      '\xef\xbb\xbf#! /usr/bin/env python',
    ];
    for (const program of programs) {
      expect(await codeOf(padded(program), 'notes')).toBe('unsupported_media_type');
    }
  });

  test('but not texts that only speak of them', async () => {
    expect(await codeOf('MZ is how programs begin', 'a.txt')).toBe('text/plain');
    expect(await codeOf('In HTML one writes <script>', 'a.txt')).toBe('text/plain');
    expect(await codeOf('<config><a/></config>', 'a.xml', 'text/xml')).toBe('text/plain');
    expect(await codeOf('#1 is first', 'a.txt')).toBe('text/plain');
    expect(await codeOf('<h1 align="center">Confab</h1>', 'README.md')).toBe('text/markdown');
  });
});

describe('what was claimed', () => {
  const contradictions: [content: Content, filename: string, type?: string][] = [
    [PDF, 'photo.jpg'],
    [PDF, 'photo', 'image/jpeg'],
    [PNG, 'photo.jpg', 'image/jpeg'],
    [JPEG, 'a', 'application/pdf'],
    [JPEG, 'a', 'text/plain'],
    [JPEG, 'a', 'video/whatever'],
    ['#EXTM3U\n#EXTINF:1,\nhttp://10.0.0.1/x', 'film.mp4'],
    ['#EXTM3U\nfile:///etc/passwd', 'film', 'video/mp4'],
    ['ffconcat version 1.0\nfile /etc/passwd', 'film.mkv', 'video/x-matroska'],
    ['data:image/png;base64,AAAA', 'photo.png', 'image/png'],
    ['hello', 'sound', 'audio/x-mpegurl'],
    ['', 'photo.jpg'],
    ['\0\x01\x02', 'notes.txt'],
    ['\0\x01\x02', 'photo.jpg'],
    ['\0\x01\x02', 'a', 'text/x-log'],
    [zip('a'), 'letter.docx'],
    [zip('a'), 'a', `${OFFICE}.wordprocessingml.document`],
    [compound('Workbook'), 'letter.doc'],
    [brands('heic'), 'film.mp4', 'video/mp4'],
    [ebml('webm'), 'film.mp4'],
    [MP3, 'a', 'audio/ogg'],
  ];
  for (const [content, filename, type] of contradictions) {
    test(`${filename} ${type ?? ''} is refused for ${JSON.stringify(bytesOf(content).toString().slice(0, 12))}`, async () => {
      expect(await codeOf(content, filename, type)).toBe('type_mismatch');
    });
  }

  const tolerated: [content: Content, filename: string, type: string, is: string][] = [
    [JPEG, 'IMG_1.JPEG', 'image/jpg', 'image/jpeg'],
    [JPEG, 'photo', '', 'image/jpeg'],
    [JPEG, 'photo.jpg', 'application/octet-stream', 'image/jpeg'],
    [JPEG, 'photo.unheard', 'image/unheard-of', 'image/jpeg'],
    [brands('heic'), 'a.heif', 'image/heif', 'image/heic'],
    [brands('qt  '), 'a.mp4', 'video/mp4', 'video/quicktime'],
    [brands('isom'), 'a.mov', 'video/quicktime', 'video/mp4'],
    [brands('M4A '), 'a.m4a', 'audio/x-m4a', 'audio/mp4'],
    [riff('WAVE'), 'a.wav', 'audio/x-wav', 'audio/wav'],
    [MP3, 'a.mp3', 'audio/mp3', 'audio/mpeg'],
    [ogg('OpusHead'), 'a.opus', 'audio/opus', 'audio/ogg'],
    [zip('a'), 'a.zip', 'application/x-zip-compressed', 'application/zip'],
    [
      compound('EncryptedPackage'),
      'a.docx',
      `${OFFICE}.wordprocessingml.document`,
      'application/x-ole-storage',
    ],
    [compound('Unheard'), 'a.doc', 'application/msword', 'application/msword'],
    ['{\\rtf1}', 'a.doc', 'application/msword', 'application/rtf'],
    [zip('a'), 'a.jar', 'application/java-archive', 'application/zip'],
    ['a,b', 'a.csv', 'application/csv', 'text/csv'],
    ['a,b', 'a.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['const a = 1;', 'a.ts', 'video/mp2t', 'text/plain'],
    ['a: 1', 'a.yaml', 'application/yaml', 'text/plain'],
    ['let a', 'a.js', 'text/javascript', 'text/plain'],
    ['\0\x01', 'a.psd', 'image/vnd.adobe.photoshop', 'application/octet-stream'],
  ];
  for (const [content, filename, type, is] of tolerated) {
    test(`${filename} as ${type || 'nothing'} passes for ${is}`, async () => {
      expect(await codeOf(content, filename, type)).toBe(is);
    });
  }

  test('the refusal says what the file is', async () => {
    const error = await told(PDF, 'photo.jpg').catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('application/pdf');
  });
});

describe('files that are two things at once count as the first alone', () => {
  test('GIF and script', async () => {
    expect(await mimeOf('GIF89a/*\0\0*/=1;alert(1)')).toBe('image/gif');
    expect(await codeOf('GIF89a/*\0\0*/=1;alert(1)', 'a.js', 'text/javascript')).toBe(
      'type_mismatch',
    );
  });
  test('JPEG and page', async () => {
    expect(await mimeOf(`${JPEG}<html><script>alert(1)</script>`)).toBe('image/jpeg');
  });
  test('PDF and ZIP', async () => {
    const both = Buffer.concat([Buffer.from(PDF, 'latin1'), zip('a.txt')]);
    expect(await mimeOf(both)).toBe('application/pdf');
    expect(await codeOf(both, 'a.zip')).toBe('type_mismatch');
  });
});

describe('hostile archives', () => {
  test('a directory that claims a huge size or place is not followed', async () => {
    const bytes = Buffer.from(zip('[Content_Types].xml', 'word/a.xml'));
    const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    bytes.writeUInt32LE(0xffffffff, end + 12);
    bytes.writeUInt32LE(0xfffffff0, end + 16);
    expect(await mimeOf(bytes)).toBe('application/zip');
  });

  test('entries that claim to unpack to terabytes are only read by name', async () => {
    const bytes = Buffer.from(zip('a.txt'));
    bytes.writeUInt32LE(0xffffffff, bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    expect(await mimeOf(bytes)).toBe('application/zip');
  });
});

test('whatever the bytes are, there is an answer or a refusal of the contract', async () => {
  const starts = [
    '',
    'PK\x03\x04',
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    'ID3',
    '\0\0\0\x20ftyp',
    'OggS',
    'RIFF',
    'BM',
    '\xff\xfb',
  ];
  const content = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 2048 }));
  await fc.assert(
    fc.asyncProperty(content, async ([start, rest]) => {
      const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
      await told(bytes).catch((error) => expect(error).toBeInstanceOf(ConfabError));
    }),
    { numRuns: 300, seed: 7 },
  );
});
