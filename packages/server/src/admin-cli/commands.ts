import { parseArgs } from 'node:util';
import type { DeskTask } from '../features/admin';
import { nearest } from '../lib/nearest';
import {
  COMMANDS,
  type Command,
  number,
  OPTIONS,
  type OptionName,
  type Values,
  wrong,
} from './command-table';
import { HELP, helpOf, usageOf } from './help';
import type { View } from './views';

/** What is to be asked, and how the answer is shown. */
export interface Plan {
  kind: 'ask';
  task: DeskTask;
  input: Record<string, unknown>;
  view: View;
  json: boolean;
  /** The new password is read from standard input. */
  passwordFromStdin: boolean;
  /** The answer is a list: so many of its items are shown. */
  limit: number | undefined;
  findsFault: Command['findsFault'];
}

const LISTS: ReadonlySet<View> = new Set(['users', 'sessions', 'reports', 'audit']);
const STANDARD_LIMIT = 100;

/** @throws CliError that says what is wrong with the call */
export function planOf(argv: readonly string[]): Plan | { kind: 'help'; text: string } {
  const { values, positionals } = parse(argv);
  if (positionals.length === 0) return { kind: 'help', text: HELP };
  if (positionals[0] === 'help') return help(positionals.slice(1));
  if (values.help) return help(positionals);
  const [name, found] = find(positionals);
  const operands = positionals.slice(name.split(' ').length);
  if (operands.length !== found.operands.length) throw wrong(`Call it as: ${usageOf(name, found)}`);
  checkOptions(name, found, values);
  return {
    kind: 'ask',
    task: found.task,
    input: found.input(operands, values),
    view: found.view,
    json: values.json === true,
    passwordFromStdin: values['password-stdin'] === true,
    limit: LISTS.has(found.view) ? limitOf(values) : undefined,
    findsFault: found.findsFault,
  };
}

function help(words: readonly string[]): { kind: 'help'; text: string } {
  const named = words.length === 0 ? undefined : known(words);
  return { kind: 'help', text: named ? helpOf(...named) : HELP };
}

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch {
    throw wrong(faultIn(argv) ?? 'The options cannot be understood');
  }
}

/** What is wrong with the options, of which the parser speaks to programmers. */
function faultIn(argv: readonly string[]): string | undefined {
  const faults = argv.map((arg, i) => faultOf(arg, argv[i + 1]));
  return faults.find((fault) => fault !== undefined);
}

const isNumber = (text: string) => /^-[0-9]/.test(text);

function faultOf(arg: string, next: string | undefined): string | undefined {
  if (!/^-./.test(arg) || arg === '--' || arg === '-h') return undefined;
  if (isNumber(arg)) return `${arg} is too small: numbers begin at 1 here`;
  const [written = '', value] = arg.split('=', 2);
  const name = written.slice(2);
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as OptionName] : undefined;
  if (!written.startsWith('--') || !option) return `There is no option "${written}"`;
  if (!('value' in option)) return value === undefined ? undefined : `${written} takes no value`;
  const isAlone = next === undefined || (next.startsWith('-') && !isNumber(next));
  return value === undefined && isAlone ? `${written} needs a value: ${option.value}` : undefined;
}

function known(words: readonly string[]): [string, Command] | undefined {
  for (const name of [words.slice(0, 2).join(' '), words[0] ?? '']) {
    const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (found) return [name, found];
  }
  return undefined;
}

function find(words: readonly string[]): [string, Command] {
  const found = known(words);
  if (found) return found;
  const likely = likelyMeant(words).map((name) => `"${name}"`);
  const asked = `There is no command "${words.slice(0, 2).join(' ')}"`;
  throw wrong(likely.length === 0 ? asked : `${asked}. Did you mean ${likely.join(' or ')}?`);
}

/** Names that differ by a typing error, or whose first word does. */
function likelyMeant(words: readonly string[]): string[] {
  const names = Object.keys(COMMANDS);
  const [first = ''] = words;
  const near = nearest(words.slice(0, 2).join(' '), names);
  const alike = names.filter((name) => nearest(first, name.split(' ').slice(0, 1)).length > 0);
  return [...new Set([...near, ...alike])];
}

function checkOptions(name: string, { options, states }: Command, values: Values) {
  const allowed: readonly string[] = [...options, 'json', 'help'];
  const extra = Object.keys(values).find((option) => !allowed.includes(option));
  if (extra) throw wrong(`${name} does not take --${extra}`);
  if (states && values.state !== undefined && !states.includes(String(values.state))) {
    throw wrong(`--state must be one of: ${states.join(', ')}`);
  }
}

function limitOf(values: Values): number {
  return values.limit === undefined ? STANDARD_LIMIT : number(String(values.limit), '--limit');
}
