import type { FileSource } from '../index';
import type { ChatApp } from './chat-app';
import type { Disk } from './disk';
import { sizeWords } from './file-words';
import { messageAt, openChatOf } from './lookup';
import { plainLine } from './plain-text';
import { savedFiles } from './secret-files';

/** Sends files with what is said of them. At a keyboard one can go on typing meanwhile. */
export async function sendFiles(app: ChatApp, words: string): Promise<void> {
  const chat = openChatOf(app);
  const { files, content } = await filesIn(app.disk, words);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const names = files.map((file) => plainLine(file.name)).join(', ');
  if (!app.screen.isLive) app.say(`Sending ${names} (${sizeWords(size)})…`);
  await app.carry('sending', (onProgress) =>
    app.client.send(chat.id, { content, files, onProgress }),
  );
}

/** Saves the files of a message. */
export async function saveFiles(app: ChatApp, seq: number, path?: string): Promise<void> {
  const files = savedFiles(app, await messageAt(app, seq));
  if (files.length === 0) throw new Error(`Message #${seq} has no file.`);
  await app.carry('saving', async (onProgress) => {
    for (const file of files) {
      const content = await file.open({ onProgress });
      const saved = await app.disk.save(path, file.name, content).catch((error) => {
        void content.cancel().catch(() => {});
        throw error;
      });
      app.say(`Saved as ${plainLine(saved)}`);
    }
  });
}

interface Picked {
  readonly files: readonly FileSource[];
  readonly content: string;
}

/** The words that name files, up to the first that names none: from there it is text. */
async function filesIn(disk: Disk, words: string): Promise<Picked> {
  const files: FileSource[] = [];
  let rest = words;
  while (rest !== '') {
    const { word, after } = firstWord(rest);
    const file = await disk.open(word);
    if (!file && files.length === 0) throw await noFile(disk, word);
    if (!file) break;
    files.push(file);
    rest = after;
  }
  return { files, content: rest };
}

async function noFile(disk: Disk, word: string): Promise<Error> {
  const name = plainLine(word);
  const isFolder = await disk.isFolder(word);
  return new Error(
    isFolder ? `${name} is a directory. Name the files in it.` : `There is no file ${name}.`,
  );
}

/** Names with spaces stand in quotes, or have a backslash before each. */
function firstWord(text: string): { word: string; after: string } {
  const [all = '', double, single, plain = ''] =
    /^(?:"([^"]+)"|'([^']+)'|((?:\\.|[^\s\\])+|\S+))\s*/.exec(text) ?? [];
  const word = double ?? single ?? plain.replace(/\\(.)/g, '$1');
  return { word, after: text.slice(all.length) };
}
