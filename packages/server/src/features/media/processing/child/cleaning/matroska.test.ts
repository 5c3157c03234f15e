import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture } from '../../../testing/fixtures';
import { requestFor, requestForBytes } from '../../../testing/request';
import { clean } from './clean';

const MATROSKA = { mimeType: 'video/x-matroska', mediaType: 'video', extension: 'mkv' } as const;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'matroska-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const cleaned = async (bytes: Uint8Array) =>
  readFileSync(await clean(requestForBytes(bytes, MATROSKA, dir)));

/** With a size of four bytes; of none that is known without content of that length. */
function element(id: string, ...parts: (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10000000 + body.length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}

const endless = (id: string, ...parts: Uint8Array[]) =>
  Buffer.concat([Buffer.from(`${id}01ffffffffffffff`, 'hex'), ...parts]);
const simpleTag = (name: string, value: string, ...inner: Uint8Array[]) =>
  element('67c8', element('45a3', name), element('4487', value), ...inner);
const tags = (...inside: Uint8Array[]) => element('1254c367', element('7373', ...inside));
const HEAD = element('1a45dfa3');

test.each(['told.mkv', 'told.webm'])(
  '%s keeps its name, its artist and every place',
  async (name) => {
    const before = readFileSync(fixture(name));
    const after = readFileSync(await clean(await requestFor(fixture(name), dir)));
    expect(after).toHaveLength(before.length);
    for (const kept of ['Film', 'Somebody']) expect(after.indexOf(kept)).toBe(before.indexOf(kept));
    expect(before.includes(Buffer.from('446188', 'hex'))).toBe(true);
    expect(after.includes(Buffer.from('446188', 'hex'))).toBe(false);
  },
);

test('tags go that no list knows, short and long, with what is in them', async () => {
  const file = [
    HEAD,
    element(
      '18538067',
      tags(
        simpleTag('TITLE', 'Film', simpleTag('SOURCE', 'Secret')),
        simpleTag('X', 'S'),
        simpleTag('LOCATION', `Secret${'x'.repeat(300)}`, simpleTag('TITLE', 'Secret')),
      ),
      element('1f43b675', 'film'),
    ),
  ];
  const before = Buffer.concat(file);
  const after = await cleaned(before);
  expect(after).toHaveLength(before.length);
  expect([after.includes('Secret'), after.includes('xxx'), after.includes('Film')]).toEqual([
    false,
    false,
    true,
  ]);
  expect(after.indexOf('film')).toBe(before.indexOf('film'));
  expect(await cleaned(after)).toEqual(after);
});

test('programs go, and the names that the file had, from what describes the film', async () => {
  const info = element(
    '1549a966',
    element('2ad7b1', Buffer.of(0x0f, 0x42, 0x40)),
    element('7ba9', 'Film'),
    element('4d80', 'Secret library'),
    element('5741', 'Secret recorder'),
    element('7384', '/home/secret/Secret.mkv'),
    element('3c83ab', 'Secret before'),
    element('3e83bb', 'Secret after'),
  );
  const encoder = tags(simpleTag('ENCODER', 'Secret'), simpleTag('ENCODER_SETTINGS', 'Secret'));
  const before = Buffer.concat([HEAD, element('18538067', info, encoder)]);
  const after = await cleaned(before);
  expect([after.length, after.includes('Secret')]).toEqual([before.length, false]);
  expect(after.indexOf('Film')).toBe(before.indexOf('Film'));
  // Players want these two to be there.
  for (const id of ['4d80', '5741']) {
    const [from, to] = [before, after].map((file) => file.indexOf(Buffer.from(id, 'hex')));
    expect(to).toBe(from);
  }
  expect(await cleaned(after)).toEqual(after);
});

test('the sum of what changed goes, and no other', async () => {
  const sum = element('bf', 'sum1');
  const other = tags(sum, simpleTag('TITLE', 'Film'));
  const changed = tags(sum, simpleTag('LOCATION', 'Secret'));
  const after = await cleaned(Buffer.concat([HEAD, element('18538067', other, changed)]));
  expect(after.toString('latin1').split('sum1')).toHaveLength(2);
});

test('recordings without an end are read to theirs', async () => {
  const cluster = endless('1f43b675', element('a3', 'one'), element('a3', 'two'));
  const film = endless('18538067', cluster, cluster, tags(simpleTag('LOCATION', 'Secret')));
  const after = await cleaned(Buffer.concat([HEAD, film]));
  expect([after.includes('Secret'), after.includes('two')]).toEqual([false, true]);
});

test('a file without any content is refused', async () => {
  await expect(cleaned(HEAD)).rejects.toMatchObject({ code: 'corrupt_media' });
});
