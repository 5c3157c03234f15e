import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { FakeProcessor } from '../testing/fake-processor';
import { text, tryUpload } from '../testing/files';
import { type Before, nothingLeft, takeStock } from '../testing/leftovers';
import { ManualClock } from '../testing/manual-clock';
import { CHUNKED, filePart, RawUpload, type RawUploadOptions } from '../testing/raw-upload';
import { TestServer } from '../testing/server';
import { storedFiles } from '../testing/stored';
import type { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

const END = '\r\n--x--\r\n';

describe('an upload that is no upload', () => {
  let server: TestServer;
  let ann: TestUser;
  let before: Before;
  const clock = new ManualClock(Date.now());
  const raws: RawUpload[] = [];
  beforeAll(async () => {
    const env = { MAX_UPLOAD_MB: '1', RATE_LIMITS: 'off', ACCESS_TOKEN_TTL_S: '86400' };
    server = await TestServer.start({ clock, env, media: { processor: new FakeProcessor() } });
    ann = await server.user('ann');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    before = await takeStock(server);
  });
  afterEach(async () => {
    for (const raw of raws.splice(0)) raw.destroy();
    await nothingLeft(server, before, { pass: () => clock.advance(1) });
    expect((await ann.call('GET', '/health')).status).toBe(200);
  });

  const begin = (options: Partial<RawUploadOptions> = {}) => {
    const raw = new RawUpload(server.url, { token: ann.token, ...options });
    raws.push(raw);
    return raw;
  };
  const whole = (body: string, options: Partial<RawUploadOptions> = {}) => {
    const headers = [...(options.headers ?? []), `content-length: ${Buffer.byteLength(body)}`];
    const raw = begin({ ...options, headers });
    raw.send(body);
    return raw;
  };
  const underWay = () =>
    eventually(
      () => storedFiles(server.directory).some((path) => path.startsWith('incoming/part-')),
      'an upload under way',
    );

  describe('and never ends', () => {
    test.each([
      ['in a file', filePart('endless.txt')],
      ['in a file that nobody asked for', filePart('endless.txt', '', 'junk')],
      ['in a file that is there twenty times', filePart('a.txt', 'a\r\n').repeat(20)],
      ['before its first part', 'nothing of a part'],
      ['in a field', '--x\r\ncontent-disposition: form-data; name="is_voice"\r\n\r\n'],
      ['in the header of a part', '--x\r\ncontent-disposition: '],
    ])('%s is cut', async (_, start) => {
      const raw = begin({ headers: [CHUNKED] });
      raw.sendChunk(start);
      await raw.flood('x'.repeat(0x10000));
      expect([413, 422]).toContain(await raw.status());
    });

    test('after its end is cut', async () => {
      const raw = begin({ headers: [CHUNKED] });
      raw.sendChunk(`--x--\r\n`);
      await raw.flood('x'.repeat(0x10000));
      expect([413, 422]).toContain(await raw.status());
    });

    test('because it comes byte by byte is given up', async () => {
      const raw = begin({ headers: [CHUNKED] });
      raw.sendChunk(filePart('slow.txt', 'start'));
      await underWay();
      await eventually(() => {
        raw.sendChunk('x');
        clock.advance(1000);
        return raw.answer.includes('upload_incomplete');
      }, 'the end of its patience');
    });

    test('of parts is cut', async () => {
      const body = filePart('a.txt', 'a\r\n', 'junk').repeat(10_000);
      expect(await whole(body).status()).toBe(422);
      const field = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n';
      expect(await whole(field.repeat(10_000)).status()).toBe(422);
    });
  });

  describe('and is malformed', () => {
    test.each([
      [
        'another boundary',
        `--y\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\na${END}`,
      ],
      ['nothing at all', ''],
      ['no name of a field', `--x\r\ncontent-disposition: form-data\r\n\r\na${END}`],
      ['no disposition', `--x\r\n\r\na${END}`],
      ['no name of a file', `--x\r\ncontent-disposition: form-data; name="file"\r\n\r\na${END}`],
      ['a thousand headers', `--x\r\n${'a: b\r\n'.repeat(1000)}\r\na${END}`],
      ['a header of 100 KB', `--x\r\na: ${'b'.repeat(100_000)}\r\n\r\na${END}`],
      [
        'zero bytes in a header',
        `--x\r\ncontent-disposition: form-data; name="fi\0le"; filename="\0"\r\n\r\na${END}`,
      ],
      ['no end', filePart('a.txt', 'half')],
    ])('%s', async (_, body) => {
      const raw = whole(body);
      expect(await raw.status()).toBe(422);
      expect(raw.answer).toContain('application/problem+json');
    });

    test('boundaries that are none', async () => {
      for (const boundary of ['', '""', 'x'.repeat(70_000)]) {
        const raw = whole(`${filePart('a.txt', 'a')}${END}`, { boundary });
        expect([400, 415, 422, 431]).toContain(await raw.status());
      }
    });

    test('a length that is a lie', async () => {
      const longer = begin({ headers: ['content-length: 100000'] });
      longer.send(`${filePart('a.txt', 'a')}${END}`);
      await underWay();
      longer.socket.end();
      await eventually(() => longer.isClosed, 'its end');
      const negative = begin({ headers: ['content-length: -5'] });
      negative.send(`${filePart('a.txt', 'a')}${END}`);
      await eventually(() => negative.isClosed || negative.answer !== '', 'its end');
      expect(negative.answer).not.toContain('201');
      const both = begin({ headers: ['content-length: 5', CHUNKED] });
      both.send('0\r\n\r\n');
      await eventually(() => both.isClosed || both.answer !== '', 'its end');
      expect(both.answer).not.toContain('201');
    });

    test('two fields of the same name', async () => {
      const field = '--x\r\ncontent-disposition: form-data; name="is_voice"\r\n\r\n1\r\n';
      const raw = whole(`${field}${field}${filePart('', '')}${END}`);
      expect(await raw.status()).toBe(422);
    });
  });

  test('a compressed body is not unpacked', async () => {
    const body = Bun.gzipSync(`${filePart('a.txt', 'x'.repeat(900_000))}${END}`);
    const headers = ['content-encoding: gzip', `content-length: ${body.length}`];
    const raw = begin({ headers });
    raw.send(body);
    expect([415, 422]).toContain(await raw.status());
  });

  describe('whose reason ends while it comes', () => {
    const upload = async (path: string, meanwhile: () => Promise<unknown>, user = ann) => {
      const content = 'x'.repeat(1000);
      const rest = `${content}${END}`;
      const start = filePart('late.txt', content);
      const raw = begin({
        path,
        token: user.token,
        headers: [`content-length: ${start.length + rest.length}`],
      });
      raw.send(start);
      await underWay();
      await meanwhile();
      raw.send(rest);
      return raw;
    };

    test('the message is deleted', async () => {
      const chat = await ann.direct(ann);
      const { id } = await ann.send(chat.id, 'soon gone');
      const raw = await upload(`/api/media/upload/${id}`, () =>
        ann.must('DELETE', `/api/messages/${id}`),
      );
      expect(await raw.status()).toBe(409);
    });

    test('its sender is removed from the chat', async () => {
      const ben = await server.user('ben');
      const chat = await ann.group('Group', ben);
      const { id } = await ben.send(chat.id, 'mine');
      const raw = await upload(
        `/api/media/upload/${id}`,
        () => ann.must('DELETE', `/api/chats/${chat.id}/members/${ben.id}`),
        ben,
      );
      expect([403, 404]).toContain(await raw.status());
    });

    test('the chat is deleted', async () => {
      const chat = await ann.group('Short');
      const { id } = await ann.send(chat.id, 'soon gone');
      const raw = await upload(`/api/media/upload/${id}`, () =>
        ann.must('DELETE', `/api/chats/${chat.id}`),
      );
      expect([403, 404, 409]).toContain(await raw.status());
    });

    test('the session is revoked', async () => {
      const phone = await ann.signIn();
      const raw = await upload(
        '/api/media/upload',
        () => phone.must('POST', '/api/auth/logout'),
        phone,
      );
      expect(await raw.status()).toBe(401);
    });

    test('the account is erased', async () => {
      const dan = await server.user('dan');
      const raw = await upload(
        '/api/media/upload',
        () => dan.must('DELETE', '/api/auth/me', { password: 'password' }),
        dan,
      );
      expect(await raw.status()).toBe(401);
    });
  });

  test('a revoked session uploads nothing', async () => {
    const phone = await ann.signIn();
    await phone.must('POST', '/api/auth/logout');
    const answer = await tryUpload(phone, [text('x')]);
    expect(answer.status).toBe(401);
  });
});
