import { beforeEach, expect, test } from 'bun:test';
import type { FileSource } from '../index';
import { Refusal } from '../testing/fake-answers';
import type { FakeChat, FakeUser } from '../testing/fake-chat';
import { FakeServer } from '../testing/fake-server';
import { Harness } from '../testing/harness';
import { ChatApp } from './chat-app';
import type { Disk } from './disk';
import { durationWords, fileWords, progressWords, sizeWords } from './file-words';
import { PlainScreen, type Screen } from './screen';

const SURROUNDINGS = { clock: () => '12:00', now: () => 0, server: 'http://fake' };

let server: FakeServer;
let harness: Harness;
let bob: FakeUser;
let chat: FakeChat;
let app: ChatApp;
let printed: string[];
/** The files there are, and those that were saved: path and content. */
let disk: Record<string, string>;
let saved: [path: string | undefined, name: string, content: string][];

const DISK: Disk = {
  open: async (path) => {
    const content = disk[path];
    return content === undefined ? undefined : source(path, content);
  },
  isFolder: async (path) => path === 'photos',
  save: async (path, name, content) => {
    saved.push([path, name, await new Response(content).text()]);
    return `/home/alice/${name}`;
  },
};

function source(name: string, content: string): FileSource {
  const { size } = new Blob([content]);
  return { name, type: '', size, stream: (from) => new Blob([content.slice(from)]).stream() };
}

/** Obeys a line, while time passes, and answers what was printed. */
async function obeyed(line: string): Promise<string[]> {
  let isOver = false;
  const entering = app.enter(line).finally(() => {
    isOver = true;
  });
  while (!isOver) await harness.time.advance(50);
  await entering;
  await harness.time.advance(0);
  return printed.splice(0);
}

beforeEach(async () => {
  server = new FakeServer();
  harness = new Harness(server);
  const alice = server.addUser('alice');
  bob = server.addUser('bob');
  chat = server.addChat(null, [alice, bob]);
  [printed, saved] = [[], []];
  disk = { 'a.txt': 'hello', 'my notes.txt': 'secret', 'it’s.txt': '1' };
  const { client } = await harness.connected(alice);
  const screen = new PlainScreen((text) => printed.push(...text.trimEnd().split('\n')));
  app = new ChatApp({ client, screen, disk: DISK, ...SURROUNDINGS });
  await obeyed('/open bob');
});

const TYPE = 'text/plain;charset=utf-8';

test('files are sent with a text', async () => {
  expect(await obeyed('/send a.txt "my notes.txt" two   words')).toEqual([
    'Sending a.txt, my notes.txt (11 bytes)…',
    `#1 12:00 you: two   words [a.txt · ${TYPE} · 5 bytes] [my notes.txt · ${TYPE} · 6 bytes] ✓`,
  ]);
  expect(await obeyed('/send my\\ notes.txt')).toHaveLength(2);
  expect(chat.messages.map(({ content }) => content)).toEqual(['two   words', '']);
});

test('at a keyboard one goes on typing, and sees how far they are', async () => {
  const statuses: string[] = [];
  const live: Screen = {
    isLive: true,
    print: (text) => void printed.push(text),
    repaint: () => true,
    status: (line) => void statuses.push(line),
    close: () => {},
  };
  app = new ChatApp({ client: app.client, screen: live, disk: DISK, ...SURROUNDINGS });
  await obeyed('/open bob');
  const { promise, resolve } = Promise.withResolvers<void>();
  server.files.after = () => {
    server.files.before = () => promise;
  };
  disk['big.txt'] = 'x'.repeat(2_000_000);
  await obeyed('/send big.txt');
  await obeyed('meanwhile');
  while (!statuses.at(-1)?.includes('sending')) await harness.time.advance(50);
  expect(chat.messages.map(({ content }) => content)).toEqual(['meanwhile']);
  server.files.after = () => {};
  resolve();
  while (chat.messages.length < 2) await harness.time.advance(50);
  await harness.time.advance(0);
  expect(statuses.filter((line) => line.includes('sending')).at(-1)).toContain('100 % of 2.0 MB');
  expect(statuses.at(-1)).toBe('bob ○ offline');
});

test('a file that is not there, or is refused, sends nothing', async () => {
  expect(await obeyed('/send b.txt hello')).toEqual(['! There is no file b.txt.']);
  expect(await obeyed('/send photos hello')).toEqual([
    '! photos is a directory. Name the files in it.',
  ]);
  server.files.before = () => {
    throw new Refusal('unsupported_media_type');
  };
  expect((await obeyed('/send a.txt hello')).at(-1)).toBe('! Media type not supported');
  expect(chat.messages).toEqual([]);
});

test('files of a message are saved', async () => {
  const message = chat.send(bob.id, 'look');
  message.media = [
    server.files.put(new Blob(['one']), '1.txt'),
    server.files.put(new Blob(['two']), '2.txt'),
  ];
  server.publish(chat, { type: 'new_message', message });
  await harness.time.advance(0);
  printed.length = 0;
  expect(await obeyed('/save 1')).toEqual([
    'Saved as /home/alice/1.txt',
    'Saved as /home/alice/2.txt',
  ]);
  await obeyed('/save #1 ~/Some where');
  expect(saved).toEqual([
    [undefined, '1.txt', 'one'],
    [undefined, '2.txt', 'two'],
    ['~/Some where', '1.txt', 'one'],
    ['~/Some where', '2.txt', 'two'],
  ]);
  server.say(chat, bob, 'no file');
  await harness.time.advance(0);
  printed.length = 0;
  expect(await obeyed('/save 2')).toEqual(['! Message #2 has no file.']);
});

test('a file is told of in a few words', () => {
  const file = server.files.put(new Blob(['x']), 'a\u001b[2J.mp4', {
    mime_type: 'video/mp4',
    file_size: 12_345_678,
    width: 1920,
    height: 1080,
    duration: 83.4,
  });
  expect(fileWords(file)).toBe('[a␛[2J.mp4 · video/mp4 · 12 MB · 1920×1080 · 1:23]');
  const voice = { ...file, is_voice: true, mime_type: 'audio/ogg', width: null, height: null };
  expect(fileWords(voice)).toBe('[voice message · audio/ogg · 12 MB · 1:23]');
});

test('sizes, times and progress are told as people do', () => {
  expect([0, 999, 1000, 9_940, 999_600, 104_857_600].map(sizeWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '9.9 kB',
    '1.0 MB',
    '105 MB',
  ]);
  expect([0.4, 7, 754, 3723].map(durationWords)).toEqual(['0:00', '0:07', '12:34', '1:02:03']);
  expect(progressWords('sending', { bytes: 1_990, total: 2_000 })).toBe('sending 99 % of 2.0 kB');
});
