import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SERVER, readArgs } from './args';
import { displayRows, displayWidth, fitWidth } from './display-width';
import { BARE, COMMANDS_HELP, type Input, readLine } from './input';
import { plainLine, plainText } from './plain-text';
import { defaultRoot, profilePaths } from './profile';

describe('arguments', () => {
  test('say who, where and what to open', () => {
    expect(readArgs(['--as', 'Alice', '--chat', 'bob'])).toEqual({
      kind: 'chat',
      options: {
        as: 'alice',
        server: DEFAULT_SERVER,
        password: undefined,
        email: undefined,
        chat: 'bob',
        encrypted: undefined,
        profileDir: undefined,
      },
    });
  });

  test('that make no sense are answered in words', () => {
    const messages = [[], ['--as', '../x'], ['--as', 'al'], ['--what'], ['--as', 'alice', 'bob']];
    for (const words of messages) expect(readArgs(words).kind).toBe('mistake');
    expect(readArgs(['--as', 'alice', '--server', 'localhost:8000']).kind).toBe('mistake');
    expect(readArgs(['--help']).kind).toBe('help');
  });

  test('lead to a folder of their own for each server and name', () => {
    const paths = profilePaths('http://localhost:8000', 'alice', defaultRoot('/home/a/.config'));
    expect(paths).toEqual({
      profile: '/home/a/.config/confab/localhost_8000/alice.json',
      session: '/home/a/.config/confab/localhost_8000/alice/session.json',
      chats: '/home/a/.config/confab/localhost_8000/alice/chats',
      outbox: '/home/a/.config/confab/localhost_8000/alice/outbox',
      uploads: '/home/a/.config/confab/localhost_8000/alice/uploads',
      keys: '/home/a/.config/confab/localhost_8000/alice/keys',
    });
  });
});

describe('a typed line', () => {
  const lines: [string, Input][] = [
    ['  ', { name: 'nothing' }],
    ['/encrypted bob', { name: 'encrypted', who: 'bob' }],
    ['/safety', { name: 'safety' }],
    ['/verify 12345 67890', { name: 'verify', code: '12345 67890' }],
    ['/approve ABCD-EFGH', { name: 'approve', code: 'ABCD-EFGH' }],
    ['/expel sZ_U', { name: 'expel', code: 'sZ_U' }],
    ['/newkey', { name: 'newkey' }],
    ['/anew', { name: 'anew', isSure: false }],
    ['/anew yes', { name: 'anew', isSure: true }],
    ['/role bob Admin', { name: 'role', who: 'bob', role: 'admin' }],
    ['hello there ', { name: 'say', text: 'hello there' }],
    ['  indented', { name: 'say', text: '  indented' }],
    ['//slash', { name: 'say', text: '/slash' }],
    ['/chats', { name: 'chats' }],
    ['/OPEN 3', { name: 'open', who: '3' }],
    ['/open Book club', { name: 'open', who: 'Book club' }],
    ['/direct bob', { name: 'direct', who: 'bob' }],
    [
      '/group Team bob, carol',
      { name: 'group', title: 'Team', members: ['bob', 'carol'], isEncrypted: false },
    ],
    [
      '/group "Book club" bob',
      { name: 'group', title: 'Book club', members: ['bob'], isEncrypted: false },
    ],
    ['/group Alone', { name: 'group', title: 'Alone', members: [], isEncrypted: false }],
    [
      '/group --encrypted "Book club" bob',
      { name: 'group', title: 'Book club', members: ['bob'], isEncrypted: true },
    ],
    ['/history', { name: 'history', count: 20 }],
    ['/history 5', { name: 'history', count: 5 }],
    ['/search red "fat cat"', { name: 'search', q: 'red "fat cat"' }],
    ['/reply #12 yes indeed', { name: 'reply', seq: 12, text: 'yes indeed' }],
    ['/edit 12 better', { name: 'edit', seq: 12, text: 'better' }],
    ['/delete 12', { name: 'delete', seq: 12 }],
    ['/react 12 👍', { name: 'react', seq: 12, emoji: '👍' }],
    ['/pin 12', { name: 'pin', seq: 12 }],
    ['/unpin #12', { name: 'unpin', seq: 12 }],
    ['/pins', { name: 'pins' }],
    ['/mute', { name: 'mute', until: null }],
    ['/mute 8h', { name: 'mute', until: '8h' }],
    ['/mute 18:30', { name: 'mute', until: '18:30' }],
    ['/unmute', { name: 'unmute' }],
    ['/schedule 10m see you', { name: 'schedule', when: '10m', text: 'see you' }],
    ['/schedule 18:30 two\nlines', { name: 'schedule', when: '18:30', text: 'two\nlines' }],
    ['/unschedule 7', { name: 'unschedule', id: 7 }],
    ['/disappear 7d', { name: 'disappear', seconds: 604_800 }],
    ['/disappear off', { name: 'disappear', seconds: 0 }],
    ['/invite', { name: 'invite', seconds: null }],
    ['/invite 1h', { name: 'invite', seconds: 3_600 }],
    ['/join http://x/app/invite/abc', { name: 'join', who: 'http://x/app/invite/abc' }],
    ['/notifications', { name: 'notifications', read: false }],
    ['/notifications read', { name: 'notifications', read: true }],
    ['/block bob', { name: 'block', who: 'bob' }],
    ['/unblock bob', { name: 'unblock', who: 'bob' }],
    ['/blocked', { name: 'blocked' }],
    ['/quit', { name: 'quit' }],
  ];
  for (const [line, input] of lines) {
    test(JSON.stringify(line), () => expect(readLine(line)).toEqual(input));
  }

  test('every command is in the help', () => {
    const source = readFileSync(join(import.meta.dir, 'input.ts'), 'utf8');
    const cases = [...source.matchAll(/^ {4}case '(\w+)':/gm)].map(([, word]) => word);
    expect(cases.length).toBeGreaterThan(15);
    for (const word of [...cases, ...BARE].filter((each) => each !== 'help')) {
      expect(COMMANDS_HELP).toMatch(new RegExp(`/${word}\\b`));
    }
  });

  test('that is no command says what would be', () => {
    for (const line of [
      '/dance',
      '/open',
      '/search',
      '/reply',
      '/reply x y',
      '/edit 5',
      '/react 5',
      '/group',
      '/group --encrypted',
      '/group --secret Team bob',
      '/group "Book club bob',
      '/history 0',
      '/pin',
      '/join',
      '/schedule',
      '/schedule 10m',
      '/schedule soon hello',
      '/unschedule',
      '/disappear',
      '/disappear never',
      '/invite everybody',
      '/role bob',
      '/role bob king',
      '/anew now',
      '/expel',
      '/notifications all',
      '/history 1e9',
    ]) {
      expect(readLine(line).name).toBe('mistake');
    }
  });
});

describe("others' text", () => {
  test('cannot move the cursor, ring, colour or retitle', () => {
    const attack = '\u001b[2J\u001b]0;owned\u0007 ok \u009b31m\u007f\b\r';
    const safe = plainText(attack);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    expect(safe).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(safe).toContain('ok');
    expect(plainText('\u001b')).toBe('␛');
  });

  test('cannot turn the writing direction around', () => {
    expect(plainText('a\u202eb\u2066c')).toBe('a\ufffdb\ufffdc');
  });

  test('keeps letters, accents, scripts and emoji', () => {
    const text = 'Zoë 你好 مرحبا 👩‍👩‍👧 e\u0301';
    expect(plainText(text)).toBe(text);
  });

  test('has its lines only where there may be several', () => {
    expect(plainText('a\nb\tc')).toBe('a\nb  c');
    expect(plainLine('a\r\nb\u2028c')).toBe('a ⏎ b ⏎ c');
  });
});

describe('the width of a text', () => {
  test('counts what a terminal shows', () => {
    expect(displayWidth('hello')).toBe(5);
    expect(displayWidth('你好')).toBe(4);
    expect(displayWidth('👍')).toBe(2);
    expect(displayWidth('👩‍👩‍👧')).toBe(2);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('\u001b[34m✓✓\u001b[39m')).toBe(2);
  });

  test('decides over rows and where to cut', () => {
    expect(displayRows('12345\n123456', 5)).toBe(3);
    expect(displayRows('', 5)).toBe(1);
    expect(fitWidth('hello', 5)).toBe('hello');
    expect(fitWidth('hello world', 5)).toBe('hell…');
    expect(fitWidth('你好你好', 5)).toBe('你好…');
  });
});
