import { describe, expect, test } from 'bun:test';
import {
  isOneEmoji,
  isOnlyEmoji,
  leadsWhereItSays,
  mayBeFormatted,
  partsOf,
  safeHref,
} from './parts';

const found = (text: string, names: string[] = []) =>
  partsOf(text, (name) => names.includes(name))
    .filter((part) => part.kind !== 'text')
    .map((part) => part.text);

describe('links', () => {
  test('end before the punctuation of their sentence', () => {
    expect(found('See https://a.example/x. Or (https://b.example/y)!')).toEqual([
      'https://a.example/x',
      'https://b.example/y',
    ]);
    expect(found('https://en.example/wiki/Ann_(name)')).toEqual([
      'https://en.example/wiki/Ann_(name)',
    ]);
  });

  test('lead somewhere, and nothing else', () => {
    for (const harmful of [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'blob:https://a.example/1',
      'file:///etc/passwd',
      '/app/settings',
      '//evil.example',
    ]) {
      expect(safeHref(harmful)).toBeUndefined();
    }
    expect(safeHref('mailto:ann@a.example')).toBe('mailto:ann@a.example');
  });
});

test('an address as a text leads nowhere else', () => {
  const leads = (text: string) => leadsWhereItSays(text, 'https://evil.example/x');
  for (const text of ['https://bank.example/login', ' http://bank.example', 'www.bank.example']) {
    expect(leads(text)).toBe(false);
  }
  expect(leads('see hTTps://evil.example.bank.example')).toBe(false);
  for (const text of ['here', 'https://evil.example', 'www.evil.example/y', 'README.md', '']) {
    expect(leads(text)).toBe(true);
  }
});

describe('mentions', () => {
  test('are of those who were mentioned, and of all', () => {
    expect(found('@ann, @ben. and @all: hi @nobody', ['ann', 'ben'])).toEqual([
      '@ann',
      '@ben',
      '@all',
    ]);
    expect(found('mail ann@ben.example, foo.@ann', ['ann', 'ben.example'])).toEqual([]);
  });
});

test('the parts of a text are the text', () => {
  for (const text of ['', 'a https://b.example. @ann c', '@ann', 'https://', 'x@@ann..']) {
    const parts = partsOf(text, () => true);
    expect(parts.map((part) => part.text).join('')).toBe(text);
  }
});

test('a few emoji alone are told from texts', () => {
  const large = ['👍', '👩‍👩‍👧 🎉', '🇩🇪', '1️⃣', '❤️'];
  expect(large.filter((text) => !isOnlyEmoji(text))).toEqual([]);
  const texts = ['', '  ', '1', '123', 'a 👍', '👍'.repeat(7), '#'];
  expect(texts.filter(isOnlyEmoji)).toEqual([]);
});

test('one emoji is told from words that stand in its place', () => {
  expect(['👍', '👩‍👩‍👧', '🇩🇪', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'].filter((text) => !isOneEmoji(text))).toEqual([]);
  const others = ['', 'yes', '1', '👍👍', '👍 paid', `👍${'\u0301'.repeat(40)}`];
  expect(others.filter(isOneEmoji)).toEqual([]);
});

test('texts without markdown are told from those with', () => {
  const plain = ['Hello, Ben!', 'What? 5 > 3', 'https://a.example/b', 'line\nline', '3 apples'];
  expect(plain.filter(mayBeFormatted)).toEqual([]);
  const formatted = ['**b**', '_i_', '~~s~~', '`c`', '> q', '- l', '1. l', '# h', '[a](b)', '\tc'];
  expect(formatted.filter((text) => !mayBeFormatted(text))).toEqual([]);
});
