import { expect, setDefaultTimeout, test } from 'bun:test';
import { systemClock } from '../../../lib/clock';
import { fixture } from '../testing/fixtures';
import { Scratch } from '../testing/processing';
import { requestFor } from '../testing/request';
import { ProcessingPool } from './processing-pool';

/** Children yield to all others, so that a busy machine lets them wait. */
setDefaultTimeout(60_000);

test.each([
  // Its poster needs a decoder; the npm package has one where there is no ffmpeg.
  ['av/vp9-opus.webm', { codec: 'vp9', width: 320, height: 180 }],
  ['av/tags-cover.mp3', { codec: 'mp3', tags: expect.objectContaining({ title: 'Evening walk' }) }],
  ['documents/two-pages.pdf', { codec: null, width: null }],
])('%s is recognised, and processed in a child', async (name, known) => {
  using scratch = new Scratch();
  const pool = new ProcessingPool({ clock: systemClock, workDir: scratch.output, children: 1 });
  try {
    const result = await pool.process(await requestFor(fixture(name), scratch.output));
    expect(result).toMatchObject({ ...known, thumbnail: { mimeType: 'image/webp' } });
    expect(result.thumbhash).not.toBeNull();
  } finally {
    await pool.close();
  }
});
