import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { FakeProcessor } from '../../../testing/fake-processor';
import { picture, tryUpload } from '../../../testing/files';
import { ManualClock } from '../../../testing/manual-clock';
import { TestServer } from '../../../testing/server';
import { storedFiles } from '../../../testing/stored';
import { PASSWORD } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';

describe('a file that is looked into', () => {
  const clock = new ManualClock(Date.now());
  const processor = new FakeProcessor();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ clock, media: { processor } });
  });
  afterAll(() => server.stop());

  test('leaves nothing, not even for a while, when its account is erased meanwhile', async () => {
    const ann = await server.user('ann');
    const gate = Promise.withResolvers<void>();
    processor.gate = gate.promise;
    const answer = tryUpload(ann, [picture(), picture()]);
    await eventually(() => processor.asked.length === 2, 'the look into both');
    await eventually(() => clock.dueIn().includes(3_000), 'the wait for what is found');
    clock.advance(3_000);
    expect((await answer).status).toBe(201);
    await ann.must('DELETE', '/api/auth/me', { password: PASSWORD });
    gate.resolve();
    await eventually(() => {
      clock.advance(0);
      return storedFiles(server.directory).length === 0;
    }, 'an empty store');
  });
});
