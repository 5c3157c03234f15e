import { describe, expect, test } from 'bun:test';
import type { PushNotification } from './provider';
import { clipped, fitted, shorten } from './shorten';

const notification = (title: string, body: string): PushNotification => ({
  notificationId: 1,
  type: 'message',
  title,
  body,
  chatId: 1,
  messageId: 2,
  badge: 3,
});
const build = ({ title, body }: PushNotification) => ({ title, body });
const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const upTo = (bytes: number) => (text: string) => Buffer.byteLength(text) <= bytes;

describe('a text', () => {
  test('that fits stays as it is', () => {
    expect(shorten('hello', upTo(5))).toBe('hello');
  });

  test('is cut between characters as people see them', () => {
    expect(shorten('abcdef', upTo(6))).toBe('abcdef');
    expect(shorten('abcdefg', upTo(6))).toBe('abc…');
    // A family is one character of 25 bytes.
    expect(shorten('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', upTo(30))).toBe('👨‍👩‍👧‍👦…');
    expect(shorten('👨‍👩‍👧‍👦👨‍👩‍👧‍👦', upTo(27))).toBe('…');
    expect(shorten('e\u0301e\u0301e\u0301', upTo(7))).toBe('e\u0301…');
  });

  test('of one endless character is gone', () => {
    expect(shorten(`e${'\u0301'.repeat(5000)}`, upTo(100))).toBe('…');
  });
});

describe('a payload', () => {
  const bodies = {
    ascii: 'x'.repeat(20_000),
    emoji: '🦊'.repeat(5000),
    escaped: '"\n'.repeat(5000),
    cjk: '漢字'.repeat(5000),
    zalgo: `e${'\u0301'.repeat(8000)}`,
    halved: `${'x'.repeat(3999)}🦊${'x'.repeat(100)}`,
  };
  test.each(Object.entries(bodies))('of %s fits, and is well-formed', (_, body) => {
    for (const title of ['Alice', body]) {
      const payload = fitted(notification(title, body), 4000, build);
      expect(sizeOf(payload)).toBeLessThanOrEqual(4000);
      expect(payload.body).toEndWith('…');
      expect(payload.body.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(payload.title)).toBeLessThanOrEqual(256);
    }
  });

  test.each(Object.entries(bodies))('of %s is the same after clipping', (_, body) => {
    const whole = notification(body, body);
    expect(sizeOf(clipped(whole))).toBeLessThan(sizeOf(whole));
    expect(fitted(clipped(whole), 4000, build)).toEqual(fitted(whole, 4000, build));
  });

  test('uses the room there is', () => {
    expect(sizeOf(fitted(notification('A', bodies.ascii), 4000, build))).toBeGreaterThan(3995);
    expect(sizeOf(fitted(notification('A', bodies.cjk), 4000, build))).toBeGreaterThan(3990);
  });

  test('that fits is not touched', () => {
    expect(fitted(notification('A', 'b'), 4000, build)).toEqual({ title: 'A', body: 'b' });
  });
});
