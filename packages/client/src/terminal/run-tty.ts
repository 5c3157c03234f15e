import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { ChatApp, type ChatAppOptions } from './chat-app';
import { openFirst } from './obey';
import { TtyScreen } from './tty-screen';

export interface TtyContext extends Omit<ChatAppOptions, 'screen'> {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** The chat to open first, if any. */
  readonly chat: string | undefined;
  readonly encrypted: string | undefined;
  /** Connects; resolves once connected, fails when that can never be. */
  readonly connect: () => Promise<void>;
}

/** Chats with somebody at a keyboard until they leave. */
export async function runTty(context: TtyContext): Promise<void> {
  const { input, output } = context;
  const editor = createInterface({ input, output, terminal: true, historySize: 200 });
  const screen = new TtyScreen(output, editor);
  const app = new ChatApp({ ...context, screen });
  const left = untilLeft(editor, screen, app);
  watchKeys(input, editor, app);
  const connected = start(context, app);
  try {
    // Leaving must not wait for a connection that may never be.
    await Promise.race([left, connected.then(() => left)]);
  } finally {
    screen.close();
  }
}

async function start({ connect, chat, encrypted }: TtyContext, app: ChatApp): Promise<void> {
  if (app.client.chats().length > 0 && (chat ?? encrypted) === undefined) app.showChats();
  await connect();
  await openFirst(app, { chat, encrypted });
}

/** Obeys lines one after the other until one says to quit, or the input ends. */
function untilLeft(editor: Interface, screen: TtyScreen, app: ChatApp): Promise<void> {
  return new Promise((resolve) => {
    let busy: Promise<unknown> = Promise.resolve();
    editor.on('line', (line) => {
      screen.entered(line);
      busy = busy.then(async () => {
        if (await app.enter(line)) resolve();
      });
    });
    editor.on('SIGINT', resolve);
    editor.on('close', resolve);
  });
}

/** Tells the others that somebody is typing: a message, not a command. */
function watchKeys(input: ReadStream, editor: Interface, app: ChatApp): void {
  input.on('keypress', () => {
    const { chat } = app;
    if (!chat) return;
    const isMessage = editor.line !== '' && !editor.line.startsWith('/');
    if (isMessage) app.client.typing(chat.id);
    else app.client.stopTyping(chat.id);
  });
}
