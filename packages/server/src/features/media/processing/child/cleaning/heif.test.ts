import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestForBytes } from '../../../testing/request';
import { clean } from './clean';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heif-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const HEIC = { mimeType: 'image/heic', mediaType: 'image', extension: 'heic' } as const;

function box(type: string, ...parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + Buffer.concat(parts).length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts]);
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const times = (count: number, part: Buffer) =>
  Buffer.concat(Array.from({ length: count }, () => part));
const exif = (count: number) => {
  const item = box('infe', hex('02000000 0001 0000'), Buffer.from('Exif\0'));
  return box('iinf', hex('00000000 0000'), times(count, item));
};
const image = (...boxes: Buffer[]) => Buffer.concat([box('meta', hex('00000000'), ...boxes)]);

/** Places of no width: each item has 65,535 of them in a dozen bytes. */
const widthless = box('iloc', hex('00000000 0000 8000'), times(0x8000, hex('0001 0000 ffff')));
/** One place from the start to the end of the file. */
const whole = box('iloc', hex('00000000 4400 0001 0001 0000 0001'), hex('00000000 00000000'));

test.each([
  ['places that take no bytes', image(exif(1), widthless)],
  ['one item named over and over', image(exif(10_000), whole)],
])('an image made to exhaust, with %s, is refused', async (_, bytes) => {
  await expect(clean(requestForBytes(bytes, HEIC, dir))).rejects.toMatchObject({
    code: 'media_too_complex',
  });
});
