import { expect, test } from 'bun:test';
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
  'retention set -1',
  'retention set soon',
  'reports close x',
  'constructor',
])('"%s" is refused', (line) => {
  expect(() => plan(line)).toThrow('See --help.');
});

test.each(['', '--help', '-h', 'help', 'promote ann --help'])('"%s" asks for help', (line) => {
  expect(plan(line)).toBe('help');
});

test('the help names every command', () => {
  const lines = HELP.split('\n').filter((line) => /^ {2}[a-z]/.test(line));
  const names = lines.map((line) => /^ {2}([a-z-]+(?: [a-z]+)?)/.exec(line)?.[1] ?? '');
  for (const name of names) {
    const operands = { 'retention set': ['off'], 'reports close': ['5'] }[name];
    const words = name.split(' ');
    const tries = [words, [...words, ...(operands ?? ['ann'])]];
    expect(tries.some((words) => works(words))).toBe(true);
  }
  expect(names.length).toBe(15);
});

function works(words: string[]): boolean {
  try {
    return planOf(words) !== 'help';
  } catch {
    return false;
  }
}
