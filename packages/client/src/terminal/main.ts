import { hostname } from 'node:os';
import { Encryption } from '../e2ee';
import { ClientError, ConfabClient } from '../index';
import {
  FileKeyStore,
  FileOutboxStore,
  FileStateStore,
  FileTokenStore,
  FileUploadStore,
} from '../node';
import { type ChatOptions, readArgs, USAGE } from './args';
import { ChatApp } from './chat-app';
import { COLOURS, NO_PAINT } from './paint';
import { defaultRoot, profilePaths } from './profile';
import { endOf } from './reasons';
import { runPiped } from './run-piped';
import { runTty } from './run-tty';
import { PlainScreen } from './screen';
import { signIn } from './sign-in';

/** Exit codes: 0 all well, 1 signing in or connecting failed, 2 the arguments are wrong. */
async function main(): Promise<number> {
  const invocation = readArgs(process.argv.slice(2));
  switch (invocation.kind) {
    case 'help':
      process.stdout.write(`${USAGE}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`${invocation.message}\nTry --help.\n`);
      return 2;
    case 'chat':
      return chat(invocation.options);
  }
}

async function chat(options: ChatOptions): Promise<number> {
  const { as, server, profileDir } = options;
  const paths = profilePaths(server, as, profileDir ?? defaultRoot(process.env.XDG_CONFIG_HOME));
  const client = new ConfabClient({
    server,
    tokens: new FileTokenStore(paths.session),
    state: new FileStateStore(paths.chats),
    outbox: new FileOutboxStore(paths.outbox),
    uploads: new FileUploadStore(paths.uploads),
  });
  const encryption = new Encryption({ store: new FileKeyStore(paths.keys) });
  client.use(encryption);
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const enter = () => signIn({ client, options, paths, makePassword, say });
  try {
    await enter();
    await client.load();
    await run({ client, encryption, device: hostname() }, options, () => connect(client, enter));
    return 0;
  } catch (error) {
    process.stderr.write(`${endOf(error, server)}\n`);
    return 1;
  } finally {
    encryption.stop();
    await client.close();
  }
}

/** A session may have ended since the last time; the password may still be good. */
async function connect(client: ConfabClient, enter: () => Promise<void>): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'signed_out') throw error;
    await enter();
    await client.connect();
  }
}

interface Parts {
  readonly client: ConfabClient;
  readonly encryption: Encryption;
  /** What this device is called. */
  readonly device: string;
}

async function run(
  parts: Parts,
  { chat, encrypted, server }: ChatOptions,
  connect: () => Promise<void>,
): Promise<void> {
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) {
    const paint = process.env.NO_COLOR ? NO_PAINT : COLOURS;
    const shown = { paint, clock, now: Date.now, server, input: stdin, output: stdout };
    return runTty({ ...parts, ...shown, chat, encrypted, connect });
  }
  const screen = new PlainScreen((text) => void stdout.write(text));
  const app = new ChatApp({ ...parts, screen, clock, now: Date.now, server });
  await connect();
  await runPiped({ app, input: stdin, chat, encrypted });
}

function clock(timestamp: string): string {
  const time = new Date(timestamp);
  const twoDigits = (n: number) => String(n).padStart(2, '0');
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** 144 bits, in characters that can be typed and pasted anywhere. */
function makePassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

process.exitCode = await main();
// A pipe to stdin that stays open would keep the process. What was written must get out first.
process.stdout.write('', () => process.exit());
