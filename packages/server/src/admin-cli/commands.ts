import { parseArgs } from 'node:util';
import type { DeskTask } from '../features/admin';
import { CliError } from './failure';
import type { View } from './views';

/** What is to be asked, and how the answer is shown. */
export interface Plan {
  task: DeskTask;
  input: Record<string, unknown>;
  view: View;
  json: boolean;
  /** The new password is read from standard input. */
  passwordFromStdin: boolean;
  /** The answer is a list: so many of its items are shown. */
  limit: number | undefined;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  search: { type: 'string' },
  state: { type: 'string' },
  limit: { type: 'string' },
  note: { type: 'string' },
  'password-stdin': { type: 'boolean' },
} as const;

type OptionName = keyof typeof OPTIONS;
type Values = Partial<Record<OptionName, string | boolean>>;

interface Command {
  task: DeskTask;
  view: View;
  /** The words after the command's name, by what they are called in the help. */
  operands: readonly string[];
  options: readonly OptionName[];
  input(operands: readonly string[], values: Values): Record<string, unknown>;
}

const command = (
  task: DeskTask,
  view: View,
  operands: readonly string[] = [],
  options: readonly OptionName[] = [],
  input: Command['input'] = ([username]) => (username === undefined ? {} : { username }),
): Command => ({ task, view, operands, options, input });

const listed = (values: Values) => ({
  ...(values.search === undefined ? {} : { q: values.search }),
  ...(values.state === undefined ? {} : { state: values.state }),
});

const COMMANDS: Readonly<Record<string, Command>> = {
  'users list': command('users', 'users', [], ['search', 'state', 'limit'], (_, v) => listed(v)),
  'user show': command('user', 'user', ['username']),
  promote: command('promote', 'user', ['username']),
  demote: command('demote', 'user', ['username']),
  deactivate: command('deactivate', 'user', ['username']),
  reactivate: command('reactivate', 'user', ['username']),
  'reset-password': command('resetPassword', 'password', ['username'], ['password-stdin']),
  'sessions list': command('sessions', 'sessions', ['username'], ['limit']),
  'sessions close': command('closeSessions', 'closed', ['username']),
  'reports list': command('reports', 'reports', [], ['state', 'limit'], (_, v) => listed(v)),
  'reports close': command('closeReport', 'report', ['number'], ['note'], ([id], { note }) => ({
    id: number(id, 'The number of the report'),
    ...(note === undefined ? {} : { note }),
  })),
  'retention show': command('retention', 'retention'),
  'retention set': command('setRetention', 'retention', ['days|off'], [], ([days]) => ({
    days: days === 'off' ? null : number(days, 'The number of days'),
  })),
  'audit-log': command('auditLog', 'audit', [], ['limit'], () => ({})),
  'why-no-push': command('whyNoPush', 'reasons', ['username']),
};

const LISTS: ReadonlySet<View> = new Set(['users', 'sessions', 'reports', 'audit']);
const STANDARD_LIMIT = 100;

/** @throws CliError that says what is wrong with the call */
export function planOf(argv: readonly string[]): Plan | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help || positionals.length === 0 || positionals[0] === 'help') return 'help';
  const [name, found] = find(positionals);
  const operands = positionals.slice(name.split(' ').length);
  checkOperands(name, found, operands);
  checkOptions(name, found, values);
  return {
    task: found.task,
    input: found.input(operands, values),
    view: found.view,
    json: values.json === true,
    passwordFromStdin: values['password-stdin'] === true,
    limit: LISTS.has(found.view) ? limitOf(values) : undefined,
  };
}

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function find(words: readonly string[]): [string, Command] {
  for (const name of [words.slice(0, 2).join(' '), words[0] ?? '']) {
    const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (found) return [name, found];
  }
  throw wrong(`There is no command "${words.slice(0, 2).join(' ')}"`);
}

function checkOperands(name: string, { operands }: Command, given: readonly string[]) {
  if (given.length === operands.length) return;
  const usage = [name, ...operands.map((operand) => `<${operand}>`)].join(' ');
  throw wrong(`Call it as: ${usage}`);
}

function checkOptions(name: string, { options }: Command, values: Values) {
  const allowed: readonly string[] = [...options, 'json', 'help'];
  const extra = Object.keys(values).find((option) => !allowed.includes(option));
  if (extra) throw wrong(`${name} does not take --${extra}`);
}

function limitOf(values: Values): number {
  return values.limit === undefined ? STANDARD_LIMIT : number(String(values.limit), '--limit');
}

function number(text: string | undefined, what: string): number {
  if (text !== undefined && /^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw wrong(`${what} must be a whole number from 1`);
}

const wrong = (message: string) => new CliError(`${message}. See --help.`, 2);
