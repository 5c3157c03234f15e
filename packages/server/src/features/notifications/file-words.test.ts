import { expect, test } from 'bun:test';
import { clockTime, type ShownFile, wordsOfFiles } from './file-words';

const file = (more: Partial<ShownFile> = {}): ShownFile => ({
  media_type: 'image',
  is_voice: 0,
  facts: '{}',
  original_filename: 'IMG_1.jpg',
  ...more,
});
const photo = file();
const video = file({ media_type: 'video', facts: '{"duration":75.4}' });
const voice = file({ media_type: 'audio', is_voice: 1, facts: '{"duration":12.3}' });
const song = file({ media_type: 'audio', original_filename: 'song.mp3' });
const report = file({ media_type: 'document', original_filename: 'report.pdf' });
const archive = file({ media_type: 'other', original_filename: 'all.7z' });

test.each([
  ['Sent a photo', [photo]],
  ['Sent 3 photos', [photo, photo, photo]],
  ['Sent a video (1:15)', [video]],
  ['Sent a video', [{ ...video, facts: '{}' }]],
  ['Sent 2 videos', [video, video]],
  ['Sent a voice message (0:12)', [voice]],
  ['Sent a voice message', [{ ...voice, facts: '{}' }]],
  ['Sent 2 voice messages', [voice, voice]],
  ['Sent an audio file: song.mp3', [song]],
  ['Sent 2 audio files', [song, song]],
  ['Sent a file: report.pdf', [report]],
  ['Sent 2 files', [report, archive]],
  ['Sent 2 files', [photo, video]],
  ['New message', []],
] as [string, ShownFile[]][])('%s', (words, files) => {
  expect(wordsOfFiles(files)).toBe(words);
});

test.each([
  [0.2, '0:01'],
  [59.6, '1:00'],
  [600, '10:00'],
  [3_725, '1:02:05'],
])('%d seconds are %s', (seconds, words) => {
  expect(clockTime(seconds)).toBe(words);
});
