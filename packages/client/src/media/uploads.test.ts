import { beforeEach, describe, expect, test } from 'bun:test';
import type { MessageId } from '@confab/protocol';
import type { FileSource } from '../index';
import { Refusal } from '../testing/fake-answers';
import type { FakeChat, FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness, type Seat } from '../testing/harness';
import type { Progress } from './meter';
import type { Upload } from './upload';

const KIB = 1024;
const BYTES = Uint8Array.from({ length: 3_000 * KIB }, (_, n) => (n * 7919) >> 5);
const BIG = new File([BYTES], 'big.bin', { type: 'application/zip', lastModified: 5 });
const SMALL = new File(['hello'], 'a b.txt', { type: 'text/plain', lastModified: 5 });

let server: FakeServer;
let harness: Harness;
let alice: FakeUser;
let chat: FakeChat;
let seat: Seat;

beforeEach(async () => {
  server = new FakeServer();
  harness = new Harness(server);
  alice = server.addUser('alice');
  chat = server.addChat(null, [alice, server.addUser('bob')]);
  seat = await harness.connected(alice);
});

/** Lets time pass until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) await harness.time.advance(50);
  expect(isSo()).toBe(true);
}

async function settled(upload: Upload): Promise<Upload> {
  await until(() => upload.state !== 'running');
  return upload;
}

const codeOf = (promise: Promise<unknown>) => promise.then(String, (error) => error.code);

async function bytesOf(id: number): Promise<Uint8Array | undefined> {
  return server.files.media.get(id)?.bytes.bytes();
}

/** Fails the calls of this kind that have these numbers, counted from 1. */
function failing(kind: string, numbers: number[], error: () => Error) {
  let count = 0;
  return (call: string) => {
    if (call.startsWith(kind) && numbers.includes(++count)) throw error();
  };
}
/** Holds the piece of this number until it is let through. */
function holding(number: number): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  server.files.before = (call) =>
    call.startsWith('PATCH') && ++count === number ? promise : undefined;
  return resolve;
}
const network = () => new TypeError('connection reset');
const patches = () => server.files.calls.filter((call) => call.startsWith('PATCH'));

describe('a small file', () => {
  test('goes in one request, with its name and what it is', async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    const upload = seat.client.upload(SMALL, { isVoice: true, onProgress });
    await settled(upload);
    expect(await upload.done).toMatchObject({
      original_filename: 'a b.txt',
      mime_type: expect.stringContaining('text/plain'),
      file_size: 5,
      is_voice: true,
    });
    expect(server.files.calls).toHaveLength(1);
    expect(told.at(-1)).toEqual({ bytes: 5, total: 5 });
  });

  test('that is cancelled when all of it has gone is deleted', async () => {
    let upload: Upload | undefined;
    let cancelling: Promise<void> | undefined;
    server.files.after = (call) => {
      if (call.startsWith('POST')) cancelling = upload?.cancel();
    };
    upload = seat.client.upload(SMALL);
    await settled(upload);
    await cancelling;
    expect(upload.state).toBe('cancelled');
    expect(server.files.media.size).toBe(0);
  });
});

describe('a large file', () => {
  test('goes in pieces that grow', async () => {
    const upload = await settled(seat.client.upload(BIG));
    const media = await upload.done;
    expect(await bytesOf(media.id)).toEqual(BYTES);
    expect(patches().map((call) => Number(call.split(' ')[2]) / KIB)).toEqual([
      256, 512, 1024, 1208,
    ]);
    expect(upload.progress).toEqual({ bytes: BYTES.length, total: BYTES.length });
  });

  test.each([
    ['before it arrives', 'before'],
    ['before the answer', 'after'],
  ] as const)('goes on after a loss %s', async (_, when) => {
    const told: number[] = [];
    server.files[when] = failing('PATCH', [2, 4], network);
    const upload = seat.client.upload(BIG, { onProgress: ({ bytes }) => told.push(bytes) });
    const media = await (await settled(upload)).done;
    expect(await bytesOf(media.id)).toEqual(BYTES);
    expect(server.files.media.size).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(BYTES.length);
  });

  test('waits for a server that is away, and for its network', async () => {
    const upload = seat.client.upload(BIG);
    holding(2);
    await until(() => patches().length === 2);
    server.kill();
    server.files.before = () => {
      throw network();
    };
    await harness.time.advance(3_600_000);
    expect(upload.state).toBe('running');
    server.start();
    server.files.before = () => {};
    await harness.time.advance(0);
    harness.networkUp();
    await settled(upload);
    expect(await bytesOf((await upload.done).id)).toEqual(BYTES);
  });

  test('is finished by another try when the server had all of it and could not', async () => {
    let tries = 0;
    server.files.finishes = () => {
      if (++tries < 3) throw new Refusal('overloaded');
    };
    const upload = await settled(seat.client.upload(BIG));
    expect(await bytesOf((await upload.done).id)).toEqual(BYTES);
    expect(tries).toBe(3);
  });

  test('gets a new token in the middle', async () => {
    let count = 0;
    server.files.before = (call) => {
      if (call.startsWith('PATCH') && ++count === 2) {
        server.expireTokens();
        throw new Refusal('token_expired');
      }
    };
    const media = await (await settled(seat.client.upload(BIG))).done;
    expect(await bytesOf(media.id)).toEqual(BYTES);
    expect(server.files.uploads.size).toBe(1);
  });

  test('gets a new token when it goes on, though answers to HEAD do not say why', async () => {
    holding(2);
    const upload = seat.client.upload(BIG);
    await until(() => patches().length === 2);
    upload.pause();
    server.expireTokens();
    server.files.before = () => {};
    upload.resume();
    await settled(upload);
    expect(await bytesOf((await upload.done).id)).toEqual(BYTES);
  });

  test('begins anew when the server lost it', async () => {
    server.files.before = (call) => {
      if (patches().length === 2 && call.startsWith('PATCH')) {
        server.files.uploads.clear();
        server.files.before = () => {};
        throw network();
      }
    };
    const upload = await settled(seat.client.upload(BIG));
    expect(await bytesOf((await upload.done).id)).toEqual(BYTES);
  });

  test('for a message is not uploaded again where it may be there already', async () => {
    server.files.after = (call) => {
      if (server.files.media.size === 0 || !call.startsWith('PATCH')) return;
      server.files.uploads.clear();
      throw network();
    };
    const upload = seat.client.upload(BIG, { messageId: 7 as MessageId });
    await settled(upload);
    expect(await codeOf(upload.done)).toBe('upload_incomplete');
    expect(server.files.media.size).toBe(1);
  });

  test('that is refused for good ends, and one that the server fails at in time', async () => {
    server.files.before = failing('PATCH', [2], () => new Refusal('quota_exceeded'));
    const refused = await settled(seat.client.upload(BIG));
    expect([refused.state, await codeOf(refused.done)]).toEqual(['failed', 'quota_exceeded']);
    server.files.before = (call) => {
      if (call.startsWith('PATCH')) throw new Refusal('storage_full');
    };
    const failed = await settled(seat.client.upload(new File([BYTES], 'other.bin')));
    expect(await codeOf(failed.done)).toBe('storage_full');
  });

  test('stops while it is paused, and goes on where it was', async () => {
    const upload = seat.client.upload(BIG);
    upload.pause();
    await harness.time.advance(10_000);
    expect(server.files.calls).toEqual([]);
    holding(2);
    upload.resume();
    await until(() => patches().length === 2);
    upload.pause();
    await harness.time.advance(60_000);
    const { length } = server.files.calls;
    await harness.time.advance(60_000);
    expect(server.files.calls).toHaveLength(length);
    expect(upload.state).toBe('paused');
    upload.resume();
    expect(await bytesOf((await (await settled(upload)).done).id)).toEqual(BYTES);
    expect(server.files.uploads.size).toBe(1);
  });

  test('that is cancelled is ended on the server too, however often that fails', async () => {
    const upload = seat.client.upload(BIG);
    holding(2);
    await until(() => patches().length === 2);
    server.files.before = failing('DELETE', [1, 2], network);
    let isOver = false;
    void upload.cancel().then(() => {
      isOver = true;
    });
    await until(() => isOver);
    expect(await codeOf(upload.done)).toBe('cancelled');
    expect(server.files.uploads.size).toBe(0);
    expect(
      await seat.uploads.get(JSON.stringify(['big.bin', BIG.type, BIG.size, 5, null, null])),
    ).toBeNull();
  });

  test('that is cancelled while it begins leaves nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.files.before = (call) => (call.startsWith('POST') ? promise : undefined);
    const upload = seat.client.upload(BIG);
    await until(() => server.files.calls.length === 1);
    let isOver = false;
    void upload.cancel().then(() => {
      isOver = true;
    });
    expect(upload.state).toBe('cancelled');
    resolve();
    await until(() => isOver);
    expect(server.files.uploads.size).toBe(0);
    expect(server.files.calls.at(-1)).toStartWith('DELETE');
  });

  test('can be given up by a signal', async () => {
    const controller = new AbortController();
    holding(2);
    const upload = seat.client.upload(BIG, { signal: controller.signal });
    await until(() => patches().length === 2);
    controller.abort();
    await settled(upload);
    expect(await codeOf(upload.done)).toBe('cancelled');
    await until(() => server.files.uploads.size === 0);
  });

  test('goes on in the next run', async () => {
    const first = seat.client.upload(BIG);
    holding(2);
    await until(() => patches().length === 2);
    await seat.client.close();
    expect(await codeOf(first.done)).toBe('closed');
    server.files.before = () => {};
    const next = harness.seat(alice, seat);
    const told: number[] = [];
    const second = next.client.upload(BIG, { onProgress: ({ bytes }) => told.push(bytes) });
    await settled(second);
    expect(told[0]).toBeGreaterThanOrEqual(256 * KIB);
    expect(await bytesOf((await second.done).id)).toEqual(BYTES);
    expect(server.files.uploads.size).toBe(1);
  });

  test('is another one when it is uploaded twice at a time', async () => {
    const uploads = [seat.client.upload(BIG), seat.client.upload(BIG)];
    for (const upload of uploads) await settled(upload);
    expect(server.files.media.size).toBe(2);
  });

  test('may be made while it is sent', async () => {
    const opened: number[] = [];
    const source: FileSource = {
      name: 'made.bin',
      type: '',
      size: BYTES.length,
      stream: (from) => {
        opened.push(from);
        return new Blob([BYTES.subarray(from)]).stream();
      },
    };
    server.files.before = failing('PATCH', [2], network);
    const media = await (await settled(seat.client.upload(source))).done;
    expect(await bytesOf(media.id)).toEqual(BYTES);
    expect(opened).toEqual([0, 256 * KIB]);
  });

  test('waits while three others are on their way', async () => {
    let open = () => {};
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    server.files.before = () => held;
    const names = ['a', 'b', 'c', 'd', 'e'];
    const uploads = names.map((name) => seat.client.upload(new File(['x'], name)));
    await harness.time.advance(1_000);
    expect(server.files.calls).toHaveLength(3);
    await uploads[3]?.cancel();
    open();
    for (const upload of uploads) await settled(upload);
    expect(uploads.map((upload) => upload.state)).toEqual([
      'done',
      'done',
      'done',
      'cancelled',
      'done',
    ]);
  });
});

describe('a message with files', () => {
  test('is sent when they are there, in their order', async () => {
    const told: Progress[] = [];
    const draft = { content: 'look', onProgress: (progress: Progress) => void told.push(progress) };
    const voice = seat.client.upload(SMALL, { isVoice: true });
    void seat.client.send(chat.id, { ...draft, files: [BIG, voice] });
    await until(() => chat.messages.length === 1);
    const [message] = chat.messages;
    expect(message?.media.map((media) => media.original_filename)).toEqual(['big.bin', SMALL.name]);
    expect(told.at(-1)).toEqual({ bytes: BIG.size + 5, total: BIG.size + 5 });
  });

  test('is not sent when one of them is refused, and the others go', async () => {
    server.files.before = failing('PATCH', [3], () => new Refusal('corrupt_media'));
    const sending = codeOf(seat.client.send(chat.id, { content: 'look', files: [SMALL, BIG] }));
    let code = '';
    void sending.then((it) => {
      code = it;
    });
    await until(() => code !== '');
    expect(code).toBe('corrupt_media');
    expect([chat.messages, seat.client.pending()]).toEqual([[], []]);
    expect(server.files.media.size).toBe(0);
    expect(server.files.uploads.size).toBe(0);
  });

  test('that is given up is not sent, and its files go', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    holding(2);
    const sending = codeOf(seat.client.send(chat.id, { files: [SMALL, BIG], signal }));
    await until(() => patches().length === 2);
    controller.abort();
    let code = '';
    void sending.then((it) => {
      code = it;
    });
    await until(() => code !== '');
    expect(code).toBe('cancelled');
    expect([chat.messages, server.files.media.size, server.files.uploads.size]).toEqual([[], 0, 0]);
  });

  test('has no more of them than a message may have', async () => {
    const files = Array.from({ length: 21 }, () => SMALL);
    expect(await codeOf(seat.client.send(chat.id, { files }))).toBe('invalid');
    expect(server.files.calls).toEqual([]);
  });
});
