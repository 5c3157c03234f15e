import { expect, test } from 'bun:test';
import { COMMANDS } from './command-table';
import { planOf } from './commands';
import { HELP } from './help';

const plan = (line: string) => planOf(line.split(' ').filter((word) => word !== ''));

test('a command becomes a task with its input', () => {
  expect(plan('promote ann')).toMatchObject({ task: 'promote', input: { username: 'ann' } });
  expect(plan('users list --search jo --state active')).toMatchObject({
    task: 'users',
    input: { q: 'jo', state: 'active' },
    limit: 100,
  });
  expect(plan('retention set 30')).toMatchObject({ task: 'setRetention', input: { days: 30 } });
  expect(plan('retention set off')).toMatchObject({ input: { days: null } });
  expect(plan('reports close 5 --note ok --json')).toMatchObject({
    task: 'closeReport',
    input: { id: 5, note: 'ok' },
    json: true,
  });
  expect(plan('reset-password ann --password-stdin')).toMatchObject({ passwordFromStdin: true });
});

test.each([
  'users',
  'users show ann',
  'user show',
  'user show ann ben',
  'promote --json',
  'promote ann --limit 3',
  'users list --limit 0',
  'users list --limit x',
  'users list --unknown',
  'users list --state asleep',
  'retention set -1',
  'retention set soon',
  'reports close x',
  'constructor',
])('"%s" is refused', (line) => {
  expect(() => plan(line)).toThrow('See --help.');
});

test.each([
  ['retention set -1', '-1 is too small: numbers begin at 1 here.'],
  ['retention set 0', 'The number of days must be a whole number from 1 to 36500.'],
  ['retention set 36501', 'The number of days must be a whole number from 1 to 36500.'],
  ['users list --limit -5', '-5 is too small: numbers begin at 1 here.'],
  ['users list --unknown', 'There is no option "--unknown".'],
  ['users list --limt=3', 'There is no option "--limt".'],
  ['promote ann -x', 'There is no option "-x".'],
  ['users list --limit', '--limit needs a value: N.'],
  ['users list --json=yes', '--json takes no value.'],
])('"%s" is refused in plain words: %s', (line, words) => {
  expect(() => plan(line)).toThrow(`${words} See --help.`);
});

test.each(['', '--help', '-h', 'help', 'help me', 'users --help'])('"%s" asks for help', (line) => {
  expect(plan(line)).toEqual({ kind: 'help', text: HELP });
});

test.each(Object.keys(COMMANDS))('"%s" has a help of its own', (name) => {
  const { about, options } = COMMANDS[name] ?? {};
  for (const line of [`${name} --help`, `help ${name}`, `${name} too many words --help`]) {
    const asked = plan(line);
    if (asked.kind !== 'help') throw new Error('It is not help');
    expect(asked.text).toStartWith(`Usage: npm run admin -- ${name}`);
    expect(asked.text.toLowerCase()).toContain(about ?? '-');
    for (const option of options ?? []) expect(asked.text).toContain(`  --${option}`);
  }
  expect(HELP).toContain(`\n  ${name}`);
});

test.each([
  ['user list', ['users list', 'user show']],
  ['users', ['users list', 'user show']],
  ['reports', ['reports list', 'reports close']],
  ['reprots list', ['reports list', 'reports close']],
  ['promotte ann', ['promote']],
  ['reset-pasword ann', ['reset-password']],
  ['usres list', ['users list']],
  ['sesions', ['sessions list', 'sessions close']],
  ['fly', []],
])('"%s" is not known; near are %j', (line, near) => {
  const asked = near.map((name) => `"${name}"`).join(' or ');
  const meant = near.length === 0 ? `"${line}". See` : `Did you mean ${asked}? See --help.`;
  expect(() => plan(line)).toThrow(meant);
});
