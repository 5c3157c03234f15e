import { afterEach, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { ConfabError } from '@confab/protocol';
import { FakeProcessor } from '../../../testing/fake-processor';
import { PIXEL, text, tryUpload } from '../../../testing/files';
import { patientClock } from '../../../testing/patient-clock';
import { TestServer } from '../../../testing/server';
import { storedFiles } from '../../../testing/stored';
import type { TestUser } from '../../../testing/user';
import { eventually } from '../../../testing/waiting';
import type { Processed } from '../processing/processed';

const PATH = '/api/media/tus';
const CONTENT = 'application/offset+octet-stream';

let server: TestServer;
afterEach(() => server.stop());

const begun = () => storedFiles(server.directory).filter((path) => path.includes('/tus/'));

/** Begins an upload and sends its content with it, or as much of it as there is. */
function send(user: TestUser, content: Uint8Array, length = content.length) {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    `POST ${PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${user.token}\r\n` +
      `tus-resumable: 1.0.0\r\nupload-length: ${length}\r\nconnection: close\r\n` +
      `content-type: ${CONTENT}\r\ncontent-length: ${length}\r\n\r\n`,
  );
  socket.write(content);
  const upload = { socket, answer: '' };
  socket.on('data', (data) => {
    upload.answer += data.toString();
  });
  return upload;
}

describe('an upload whose creation brings its content', () => {
  test('leaves nothing when that breaks off: nobody was told its address', async () => {
    server = await TestServer.start({ media: { processor: new FakeProcessor() } });
    const ann = await server.user('ann');
    const half = send(ann, Buffer.alloc(200_000), 1_000_000);
    await eventually(() => begun().length === 2, 'its beginning');
    half.socket.destroy();
    await eventually(() => begun().length === 0, 'the end of it');
  });

  test('is ended by nobody once it has come, and tells what was found wrong with it', async () => {
    const processor = new FakeProcessor();
    const found = Promise.withResolvers<Processed>();
    processor.find = () => found.promise;
    const media = { processor, maxUploads: 2 };
    server = await TestServer.start({ clock: patientClock, media });
    const [ann, ben] = [await server.user('ann'), await server.user('ben')];
    const both = [send(ann, PIXEL), send(ann, PIXEL)];
    await eventually(() => processor.asked.length === 2, 'both looked into');
    expect((await tryUpload(ben, [text('mine')])).body.code).toBe('too_many_uploads');
    found.reject(new ConfabError('corrupt_media', 'It is damaged'));
    await eventually(() => both.every(({ answer }) => answer.includes('"code"')), 'the answers');
    for (const { answer } of both) expect(answer).toContain('"code":"corrupt_media"');
    expect(begun()).toEqual([]);
  });
});
