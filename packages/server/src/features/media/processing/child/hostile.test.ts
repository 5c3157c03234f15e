import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { basename } from 'node:path';
import { systemClock } from '../../../../lib/clock';
import { fixture } from '../../testing/fixtures';
import { mutations } from '../../testing/mutations';
import { outcomeOf, requestFor, Scratch, TOOLS } from '../../testing/processing';
import { nothingKnown } from '../processed';
import { processAudio } from './audio/process-audio';
import { containerOf } from './container/containers';
import { readHeaders } from './container/headers';
import { FOR_HEADERS, openContainer } from './container/open-container';
import { processDocument } from './documents/process-document';
import { processVideo } from './video/process-video';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

const PDF = 'application/pdf';
const FILES = [
  ['av/h264-aac.mp4', 'video/mp4', processVideo],
  ['av/hevc.mp4', 'video/mp4', processVideo],
  ['av/phone-rotated.mov', 'video/quicktime', processVideo],
  ['av/vp9-opus.webm', 'video/webm', processVideo],
  ['av/h264-vorbis.mkv', 'video/x-matroska', processVideo],
  ['av/tags-cover.mp3', 'audio/mpeg', processAudio],
  ['av/tags-cover.m4a', 'audio/mp4', processAudio],
  ['av/opus.ogg', 'audio/ogg', processAudio],
  ['av/vorbis.ogg', 'audio/ogg', processAudio],
  ['av/pcm.wav', 'audio/wav', processAudio],
  ['av/flac.flac', 'audio/flac', processAudio],
  ['av/aac.aac', 'audio/aac', processAudio],
  ['documents/two-pages.pdf', PDF, processDocument],
] as const;

const REFUSALS = ['corrupt_media', 'media_too_complex'];
const bytesOf = (name: string) => Bun.file(fixture(name)).bytes();

describe('damaged files', () => {
  // The index of an MP4 can claim billions of frames; that is for a process that can be ended.
  const containers = FILES.filter(([, mimeType]) => !/pdf|mp4|quicktime/.test(mimeType));

  test.each(containers)('headers of %s: read or refused', async (name, mimeType) => {
    using scratch = new Scratch();
    const container = containerOf(mimeType);
    if (!container) throw new Error(`${mimeType} is not known`);
    const limits = { clock: systemClock, budget: FOR_HEADERS };
    const work = async (path: string) => {
      await openContainer(path, container, limits, async (input) => {
        await readHeaders(input);
        await input.getMetadataTags();
      });
      return nothingKnown();
    };
    for (const bytes of mutations(await bytesOf(name), 250)) {
      const outcome = await outcomeOf(work(await scratch.file('damaged', bytes)));
      if (typeof outcome === 'string') expect(REFUSALS).toContain(outcome);
    }
  });

  test.each(FILES)(
    '%s: processed or refused, and nothing else left',
    async (name, mimeType, process) => {
      for (const bytes of mutations(await bytesOf(name), 4, 7)) {
        using scratch = new Scratch();
        const path = await scratch.file('damaged', bytes);
        const outcome = await outcomeOf(process(requestFor(path, mimeType, scratch.output), TOOLS));
        if (typeof outcome === 'string') expect(REFUSALS).toContain(outcome);
        const thumbnail = typeof outcome === 'string' ? null : outcome.thumbnail;
        expect(scratch.results()).toEqual(thumbnail ? [basename(thumbnail.path)] : []);
      }
    },
  );
});

test('an index that claims billions of frames is refused', async () => {
  using scratch = new Scratch();
  const bytes = Buffer.from(await bytesOf('av/h264-aac.mp4'));
  // Version and flags, number of entries, then how many frames the first entry stands for.
  bytes.writeUInt32BE(0xffff_ffff, bytes.indexOf('stts') + 12);
  const path = await scratch.file('film.mp4', bytes);
  const work = processVideo(requestFor(path, 'video/mp4', scratch.output), TOOLS);
  expect(await outcomeOf(work)).toBe('media_too_complex');
  expect(scratch.results()).toEqual([]);
});

describe('attacks on ffmpeg', () => {
  const ATTACKS = {
    'an HLS playlist':
      '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
    'a list of files to join': "ffconcat version 1.0\nfile '/etc/passwd'\n",
    'a script of filters': 'movie=/etc/passwd',
    'a session description': 'v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
    'a DASH manifest':
      '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period/></MPD>',
    'an SVG picture':
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
  };

  test.each(Object.entries(ATTACKS))(
    '%s is no video, whatever it is called',
    async (_what, text) => {
      for (const mimeType of [
        'video/mp4',
        'video/webm',
        'video/x-matroska',
        'audio/mpeg',
        'audio/ogg',
      ]) {
        using scratch = new Scratch();
        const path = await scratch.file('film.mp4', text);
        const outcome = await outcomeOf(
          processVideo(requestFor(path, mimeType, scratch.output), TOOLS),
        );
        expect(outcome).toBe('corrupt_media');
        expect(scratch.results()).toEqual([]);
      }
    },
  );

  test('a name that looks like a protocol or an option is only a name', async () => {
    using scratch = new Scratch();
    for (const name of ['concat:a|b.mp4', '-version.mp4', 'http:film%d.mp4']) {
      const path = await scratch.file(name, await bytesOf('av/h264-aac.mp4'));
      expect(
        await processVideo(requestFor(path, 'video/mp4', scratch.output), TOOLS),
      ).toMatchObject({
        thumbnail: { width: 320, height: 180 },
      });
    }
  });

  test('a picture of absurd size is refused before anything decodes it', async () => {
    using scratch = new Scratch();
    const bytes = await bytesOf('av/h264-aac.mp4');
    const view = new DataView(bytes.buffer);
    // The sample description holds width and height, 24 bytes after the name of the codec.
    const description = Buffer.from(bytes).indexOf('avc1', 40);
    view.setUint16(description + 28, 0xffff);
    view.setUint16(description + 30, 0xffff);
    const path = await scratch.file('film.mp4', bytes);
    const work = processVideo(requestFor(path, 'video/mp4', scratch.output), TOOLS);
    expect(await outcomeOf(work)).toBe('media_too_complex');
  });

  test('a codec of another kind than video is not decoded', async () => {
    using scratch = new Scratch();
    const bytes = Buffer.from(await bytesOf('av/h264-aac.mp4'));
    bytes.write('svg ', bytes.indexOf('avc1', 40), 'latin1');
    const path = await scratch.file('film.mp4', bytes);
    const outcome = await outcomeOf(
      processVideo(requestFor(path, 'video/mp4', scratch.output), TOOLS),
    );
    expect(typeof outcome === 'string' || outcome.thumbnail === null).toBe(true);
    expect(scratch.results()).toEqual([]);
  });
});
