import { parseArgs } from 'node:util';
import { plainFault, Username } from '@confab/protocol';

export interface ChatOptions {
  readonly as: string;
  readonly server: string;
  readonly password: string | undefined;
  readonly email: string | undefined;
  /** A chat to open at once: a number of the list, a group's name or a username. */
  readonly chat: string | undefined;
  /** Somebody whose end-to-end encrypted chat to open at once. */
  readonly encrypted: string | undefined;
  readonly profileDir: string | undefined;
}

export type Invocation =
  | { readonly kind: 'chat'; readonly options: ChatOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string };

export const DEFAULT_SERVER = 'http://localhost:8000';

export const USAGE = `Chat in the terminal.

  npm run chat -- --as alice [--chat bob] [--server ${DEFAULT_SERVER}]

  --as NAME         Who you are. The first time on a server, NAME is registered there with a
                    password that is made up and kept in a file that only you can read; from then
                    on you are signed in with it.
  --password WORDS  Sign in (or register) with this password instead. It is kept nowhere.
  --email ADDRESS   Give this address when registering. Without it, one that leads nowhere.
  --server URL      The server. Default: ${DEFAULT_SERVER}
  --chat WHO        Open this chat at once: somebody's name, or a group's.
  --encrypted NAME  Open the end-to-end encrypted chat with somebody. The first time, your keys are
                    made and a recovery key is shown.
  --profile-dir DIR Keep passwords, unsent messages and recent chats here.
                    Default: confab in $XDG_CONFIG_HOME or ~/.config
  --help            Show this.

Once inside, type a line to send it, and /help for the rest. What you send is kept until the server
has it, also while there is no connection, and also when you quit.

Lines can come from a pipe: each is sent or obeyed in turn, and at the end of them the program
waits until everything was sent, and quits.`;

const OPTIONS = {
  as: { type: 'string' },
  server: { type: 'string', default: DEFAULT_SERVER },
  password: { type: 'string' },
  email: { type: 'string' },
  chat: { type: 'string' },
  encrypted: { type: 'string' },
  'profile-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the words after the program's name. */
export function readArgs(words: readonly string[]): Invocation {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true });
    if (values.help) return { kind: 'help' };
    if (values.as === undefined) return mistake('Say who you are: --as NAME');
    const name = Username.safeParse(values.as, { error: plainFault });
    if (!name.success) return mistake(`--as ${name.error.issues[0]?.message ?? 'is no name'}`);
    if (!isWebAddress(values.server)) return mistake('--server must be an http:// or https:// URL');
    const { server, password, email, chat, encrypted } = values;
    const profileDir = values['profile-dir'];
    const account = { as: name.data, server, password, email };
    const options = { ...account, chat, encrypted, profileDir };
    return { kind: 'chat', options };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

const mistake = (message: string): Invocation => ({ kind: 'mistake', message });

function isWebAddress(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
