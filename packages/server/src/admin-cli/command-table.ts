import type { DeskTask } from '../features/admin';
import type { StorageReport } from '../features/media';
import { CliError } from './failure';
import { isAtFault } from './storage-view';
import type { View } from './views';

/** Every option, what it is followed by, and what it is for. */
export const OPTIONS = {
  help: { type: 'boolean', short: 'h', about: 'what a command does and takes' },
  json: { type: 'boolean', about: 'print JSON, for programs' },
  search: { type: 'string', value: 'TEXT', about: 'the beginning of a name or an address' },
  state: { type: 'string', value: 'STATE', about: 'only those in this state' },
  limit: { type: 'string', value: 'N', about: 'show so many at most' },
  note: { type: 'string', value: 'TEXT', about: 'what to remember of it' },
  repair: {
    type: 'boolean',
    about: 'remove files that nothing knows, and make lost thumbnails anew',
  },
  'password-stdin': {
    type: 'boolean',
    about: 'take the new password from standard input instead of making one up',
  },
} as const;

export type OptionName = keyof typeof OPTIONS;
export type Values = Partial<Record<OptionName, string | boolean>>;

export interface Command {
  readonly task: DeskTask;
  readonly view: View;
  readonly about: string;
  /** The words after the command's name, by what they are called in the help. */
  readonly operands: readonly string[];
  readonly options: readonly OptionName[];
  /** What `--state` takes. */
  readonly states?: readonly string[];
  input(operands: readonly string[], values: Values): Record<string, unknown>;
  /** Whether an answer tells of something that is wrong: the exit code is 1 then. */
  findsFault(answer: unknown): boolean;
}

type Rest = Partial<Pick<Command, 'operands' | 'options' | 'states' | 'input' | 'findsFault'>>;

const command = (task: DeskTask, view: View, about: string, rest: Rest = {}): Command => ({
  task,
  view,
  about,
  operands: [],
  options: [],
  input: ([username]) => (username === undefined ? {} : { username }),
  findsFault: () => false,
  ...rest,
});

const ofUser = (task: DeskTask, view: View, about: string, options: readonly OptionName[] = []) =>
  command(task, view, about, { operands: ['username'], options });

const listed = (_: readonly string[], values: Values) => ({
  ...(values.search === undefined ? {} : { q: values.search }),
  ...(values.state === undefined ? {} : { state: values.state }),
});

/** A hundred years; see the contract. */
const MAX_DAYS = 36_500;

/** Every command by its name, under what the help calls its kind. */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  Accounts: {
    'users list': command('users', 'users', 'the accounts', {
      options: ['search', 'state', 'limit'],
      states: ['active', 'deactivated', 'erased'],
      input: listed,
    }),
    'user show': ofUser('user', 'user', 'one account'),
    promote: ofUser('promote', 'promoted', 'make somebody an administrator'),
    demote: ofUser('demote', 'demoted', 'make them an ordinary user again'),
    deactivate: ofUser('deactivate', 'deactivated', 'sign them out everywhere and keep them out'),
    reactivate: ofUser('reactivate', 'reactivated', 'let them in again'),
    'reset-password': ofUser(
      'resetPassword',
      'password',
      'give them a new password, which is printed, and sign them out',
      ['password-stdin'],
    ),
    'sessions list': ofUser('sessions', 'sessions', 'where they are signed in', ['limit']),
    'sessions close': ofUser('closeSessions', 'closed', 'sign them out everywhere'),
  },
  Reports: {
    'reports list': command('reports', 'reports', 'what users reported', {
      options: ['state', 'limit'],
      states: ['open', 'resolved'],
      input: listed,
    }),
    'reports close': command('closeReport', 'report', 'mark a report as seen to', {
      operands: ['number'],
      options: ['note'],
      input: ([id], { note }) => ({
        id: number(id, 'The number of the report'),
        ...(note === undefined ? {} : { note }),
      }),
    }),
  },
  'The server': {
    'retention show': command('retention', 'retention', 'how long messages are kept'),
    'retention set': command(
      'setRetention',
      'retention',
      'erase messages that are older; off keeps them for ever',
      {
        operands: ['days|off'],
        input: ([days]) => ({
          days: days === 'off' ? null : number(days, 'The number of days', MAX_DAYS),
        }),
      },
    ),
    'storage verify': command(
      'verifyStorage',
      'storage',
      'compare the stored files with the database, both ways; exit code 1 if they do not fit',
      {
        options: ['repair'],
        input: (_, { repair }) => ({ repair: repair === true }),
        findsFault: (report) => isAtFault(report as StorageReport),
      },
    ),
    'audit-log': command('auditLog', 'audit', 'what administrators did, the newest first', {
      options: ['limit'],
    }),
    'why-no-push': ofUser('whyNoPush', 'reasons', 'what keeps push notifications from somebody'),
  },
};

export const COMMANDS: Readonly<Record<string, Command>> = Object.assign(
  {},
  ...Object.values(SECTIONS),
);

/** @throws CliError */
export function number(text: string | undefined, what: string, max = 999_999_999): number {
  if (text !== undefined && /^[1-9][0-9]{0,8}$/.test(text) && Number(text) <= max) {
    return Number(text);
  }
  throw wrong(`${what} must be a whole number from 1 to ${max}`);
}

export const wrong = (message: string) =>
  new CliError(`${message}${message.endsWith('?') ? '' : '.'} See --help.`, 2);
