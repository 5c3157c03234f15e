import { expect, test } from 'bun:test';
import { coverOf, tagsOf } from './tags';

test('only title, artist and album are kept', () => {
  expect(tagsOf({ title: 'Walk', comment: 'recorded at home', lyrics: 'la' })).toEqual({
    title: 'Walk',
  });
});

test('what cannot be shown goes: control characters, turned directions, half characters', () => {
  expect(tagsOf({ title: '\u0000Wa\u0007lk\u202e\r\n', artist: ' \u0001 ' })).toEqual({
    title: 'Wa lk',
  });
  expect(tagsOf({ album: 'a\ud800' })).toEqual({ album: 'a' });
  expect(tagsOf({})).toBeNull();
});

test('no tag is longer than 200 characters, and none is cut through the middle of one', () => {
  const title = tagsOf({ title: '😀'.repeat(5000) })?.title ?? '';
  expect([...title]).toHaveLength(200);
  expect(title).toBe('😀'.repeat(200));
});

test('the front cover is preferred to other pictures', () => {
  const picture = (kind: 'coverFront' | 'coverBack', byte: number) => ({
    kind,
    mimeType: 'image/png',
    data: Uint8Array.of(byte),
  });
  const images = [picture('coverBack', 1), picture('coverFront', 2)];
  expect(coverOf({ images })).toEqual(Uint8Array.of(2));
  expect(coverOf({ images: images.slice(0, 1) })).toEqual(Uint8Array.of(1));
  expect(coverOf({})).toBeNull();
});
