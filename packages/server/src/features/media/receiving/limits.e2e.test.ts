import { afterEach, describe, expect, test } from 'bun:test';
import type { MediaOptions } from '../../../app/compose-media';
import { FakeProcessor } from '../../../testing/fake-processor';
import { picture, text, tryUpload } from '../../../testing/files';
import { TestServer } from '../../../testing/server';
import { storedFiles } from '../../../testing/stored';
import { PASSWORD, type TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';
import { HalfUpload } from '../testing/half-upload';

let server: TestServer;
afterEach(() => server.stop());

async function start(options: Partial<MediaOptions> = {}, env: Record<string, string> = {}) {
  const media = { processor: new FakeProcessor(), ...options };
  server = await TestServer.start({ media, env });
}
const parts = () =>
  storedFiles(server.directory).filter((path) => path.startsWith('incoming/part-'));
describe('the places of all uploads', () => {
  test('are not taken by those who send nothing but headers', async () => {
    await start({ maxUploads: 2 });
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const idle = [1, 2, 3].map(() => new HalfUpload(server.url, ann, undefined, ''));
    // Theirs are all her own; it is her fourth.
    await eventually(async () => {
      const fourth = new HalfUpload(server.url, ann, undefined, '');
      idle.push(fourth);
      return idle.some(({ answer }) => answer.includes('too_many_uploads'));
    }, 'the refusal of a fifth');
    expect((await tryUpload(ben, [text('mine')])).status).toBe(201);
    for (const half of idle) half.socket.destroy();
  });

  test('go to a user who has none, from the slowest of whoever has most', async () => {
    await start({ maxUploads: 2 });
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const halves = [1, 2].map(() => new HalfUpload(server.url, ann));
    await eventually(() => parts().length === 2, 'both under way');
    expect((await tryUpload(ben, [text('mine')])).status).toBe(201);
    await eventually(
      () => halves.filter(({ answer }) => answer.includes('too_many_uploads')).length === 1,
      'the end of one',
    );
    for (const half of halves) half.socket.destroy();
  });
});

describe('what is received', () => {
  test('ends where the quota does, all uploads of a user together', async () => {
    await start({}, { USER_QUOTA_MB: '1' });
    const ann = await server.user('ann');
    const content = 'x'.repeat(700_000);
    const first = new HalfUpload(server.url, ann, 'content-length: 5000000', content);
    await eventually(() => parts().length === 1, 'the first');
    const second = new HalfUpload(server.url, ann, 'content-length: 5000000', content);
    await eventually(
      () => [first, second].some(({ answer }) => answer.includes('quota_exceeded')),
      'the refusal',
    );
    for (const half of [first, second]) half.socket.destroy();
  });

  test('is no poster of the size of a film', async () => {
    await start();
    const ann = await server.user('ann');
    const form = new FormData();
    form.append('file', new Blob([picture().bytes]), 'a.png');
    form.append('poster', new Blob([new Uint8Array(10 * 2 ** 20 + 1)]), 'poster.png');
    const answer = await ann.fetch('/api/media/upload', { method: 'POST', body: form });
    expect([answer.status, (await answer.json()).code]).toEqual([413, 'too_large']);
  });

  test('leaves room on the disk', async () => {
    let bavail = 1000;
    await start({ readDisk: async () => ({ bsize: 2 ** 20, blocks: 10_000, bavail }) });
    const ann = await server.user('ann');
    expect((await tryUpload(ann, [text('small')])).status).toBe(201);
    bavail = 256;
    const upload = await tryUpload(ann, [text('small')]);
    const avatar = await ann.fetch('/api/auth/me/avatar', {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: picture().bytes,
    });
    const tus = await ann.fetch('/api/media/tus', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '5',
        'content-type': 'application/offset+octet-stream',
      },
      body: 'hello',
    });
    expect(upload.body).toMatchObject({ status: 507, code: 'storage_full' } as never);
    for (const answer of [avatar, tus]) {
      expect([answer.status, (await answer.json()).code]).toEqual([507, 'storage_full']);
    }
  });
});

describe('an upload that was begun', () => {
  const begun = () => storedFiles(server.directory).filter((path) => path.includes('/tus/'));

  async function begin(user: TestUser): Promise<string> {
    const answer = await user.fetch('/api/media/tus', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '10',
        'content-type': 'application/offset+octet-stream',
      },
      body: 'hello',
    });
    return answer.headers.get('location') ?? '';
  }

  test('is erased with its sender’s account, and nobody else’s', async () => {
    await start();
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    for (const user of [ann, ben]) await begin(user);
    expect(begun()).toHaveLength(4);
    await ann.must('DELETE', '/api/auth/me', { password: PASSWORD });
    expect(begun().map((path) => path.includes(`/${ben.id}-`))).toEqual([true, true]);
  });

  test('is erased at the next start, if the server ended in between', async () => {
    await start();
    const ann = await server.user('ann');
    await begin(ann);
    await server.restart(() =>
      server.change(
        `insert into erasures (user_id, username, requested_at) values (${ann.id}, 'ann', 0)`,
      ),
    );
    await eventually(() => begun().length === 0, 'the end of it');
  });
});
