import { expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { Writable } from 'node:stream';
import { createLog } from '../../../observability/log';
import { FakeProcessor } from '../../../testing/fake-processor';
import { picture, upload } from '../../../testing/files';
import { TestServer } from '../../../testing/server';
import { LostFiles } from './lost-files';

test('each lost file is told of once, and no more are remembered than fit', () => {
  const told: string[] = [];
  const lost = new LostFiles((key) => told.push(key));
  for (const key of ['a', 'b', 'a']) lost.note(key);
  expect(told).toEqual(['a', 'b']);
  for (let i = 0; i < 10_000; i++) lost.note(`file ${i}`);
  lost.note('file 9999');
  lost.note('a');
  expect(told.slice(2 + 10_000)).toEqual(['a']);
});

test('the log says which stored files are gone', async () => {
  const lines: { level: string; key?: string }[] = [];
  const sink = new Writable({
    write(line, _, done) {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  const server = await TestServer.start({
    log: createLog('warn', sink),
    media: { processor: new FakeProcessor() },
  });
  try {
    const ann = await server.user('ann');
    const [file] = await upload(ann, [picture()]);
    for (const folder of ['media', 'thumbnails']) {
      rmSync(`${server.directory}/${folder}`, { recursive: true });
    }
    for (const path of ['', '', '/thumbnail', '/thumbnail']) {
      expect((await ann.fetch(`${file?.url}${path}`)).status).toBe(404);
    }
    await ann.fetch('/api/media/700000000');
    expect(lines.map(({ level, key }) => [level, key])).toEqual([
      ['warn', expect.stringMatching(/^media\/.*\.png$/)],
      ['warn', expect.stringMatching(/^thumbnails\/.*\.webp$/)],
    ]);
  } finally {
    await server.stop();
  }
});
