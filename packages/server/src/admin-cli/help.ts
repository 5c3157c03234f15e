import { type Command, OPTIONS, type OptionName, SECTIONS } from './command-table';

const COLUMN = 31;

/** How a command is called: `reports list [--state open|resolved] [--limit N]`. */
export function usageOf(name: string, command: Command): string {
  const operands = command.operands.map((operand) => `<${operand}>`);
  const options = command.options.map((option) => `[${written(option, command)}]`);
  return [name, ...operands, ...options].join(' ');
}

function written(name: OptionName, { states }: Command): string {
  const option = OPTIONS[name];
  if (!('value' in option)) return `--${name}`;
  return `--${name} ${name === 'state' ? states?.join('|') : option.value}`;
}

/** A term and what it means, which begins on a line of its own when the term is long. */
function row(term: string, meaning: string): string {
  if (term.length < COLUMN) return `  ${term.padEnd(COLUMN)}${meaning}`;
  return `  ${term}\n${' '.repeat(COLUMN + 2)}${meaning}`;
}

/** All about one command. */
export function helpOf(name: string, command: Command): string {
  const options: readonly OptionName[] = [...command.options, 'json'];
  return [
    `Usage: npm run admin -- ${usageOf(name, command)}`,
    '',
    `${command.about.charAt(0).toUpperCase()}${command.about.slice(1)}.`,
    '',
    'Options',
    ...options.map((option) => row(written(option, command), OPTIONS[option].about)),
    '',
  ].join('\n');
}

const sections = Object.entries(SECTIONS).flatMap(([title, commands]) => [
  title,
  ...Object.entries(commands).map(([name, command]) => row(usageOf(name, command), command.about)),
  '',
]);

export const HELP = `Looks after a Confab server.

Usage: npm run admin -- <command> [options]

${sections.join('\n')}
Options
${row('--json', OPTIONS.json.about)}
${row('--help', 'this text; after a command, all about that command')}

Run it on the server's machine, as the server's user, with the same settings (STORAGE_DIR,
DATABASE_URL). While the server runs it does what is asked, so that everybody
is told at once; when it does not run, the database is opened and changed directly.

Exit codes: 0 done, 1 it could not be done or storage verify found a fault, 2 called wrongly.
`;
