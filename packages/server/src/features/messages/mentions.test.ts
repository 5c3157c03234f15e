import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { leastMs } from '../../testing/least-ms';
import { parseMentions, wantedMentions } from './mentions';

describe('a mention', () => {
  test.each([
    ['hello @bob', ['bob']],
    ['@bob: look', ['bob']],
    ['(@bob)', ['bob']],
    ['@Bob and @BOB', ['bob']],
    ['@bob.', ['bob']],
    ['wait for @bob...', ['bob']],
    ['@bob.smith. Really', ['bob.smith']],
    ['@john_doe@jane', ['john_doe']],
    ['@bob,@eve', ['bob', 'eve']],
    ['“@bob”', ['bob']],
    ['你好@bob', ['bob']],
    ['さん@bob', ['bob']],
    ['สวัสดี@bob', ['bob']],
    ['…@bob', ['bob']],
    ['@@bob', ['bob']],
    ['@bobé', ['bob']],
    ['@bob-smith', ['bob']],
    ['mail bob@example.org', []],
    ['hé@bobby', []],
    ['he\u0301@bobby', []],
    ['почта@bob', []],
    ['नि@bob', []],
    ['٣@bob', []],
    ['1@bob', []],
    ['a.@bob', []],
    ['_@bob', []],
    ['@', []],
    ['@...', []],
    ['@.bob', []],
    ['@ bob', []],
    [`@${'x'.repeat(33)}`, []],
    ['nobody', []],
  ])('in %j is of %j', (text, names) => {
    expect(parseMentions(text)).toEqual({ names, all: false });
  });

  test.each([
    ['@all', true],
    ['hey @All!', true],
    ['@all.', true],
    ['@allison', false],
    ['mail@all', false],
  ])('of everybody: %j is %j', (text, all) => {
    expect(parseMentions(text).all).toBe(all);
  });

  test('is counted for fifty names at most', () => {
    const names = Array.from({ length: 60 }, (_, n) => `user${n}`);
    const text = names.map((name) => `@${name} @${name}`).join(' ');
    expect(parseMentions(text).names).toEqual(names.slice(0, 50));
  });

  test('takes no time to speak of in the worst text', () => {
    const texts = ['@'.repeat(16_384), '@a.'.repeat(5_000), `@${'.'.repeat(16_000)}`];
    expect(leastMs(() => texts.map(parseMentions))).toBeLessThan(200);
  });

  test('is found wherever a name stands by itself', () => {
    const name = fc.stringMatching(/^[a-z0-9_]{3,32}$/).filter((text) => text !== 'all');
    const around = fc.stringMatching(/^[ ,;:!?()\n]{0,5}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(around, name), { maxLength: 20 }), around, (words, end) => {
        const text = words.map(([space, word]) => `${space} @${word}`).join('') + end;
        expect(parseMentions(text).names).toEqual([...new Set(words.map(([, word]) => word))]);
      }),
    );
  });

  test('names are always such as somebody could have', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'@a.Z_9 é-') }), (text) => {
        for (const name of parseMentions(text).names) {
          expect(name).toMatch(/^[a-z0-9_][a-z0-9_.]*(?<!\.)$/);
          expect(text.toLowerCase()).toContain(`@${name}`);
        }
      }),
    );
  });
});

describe('what a message wants to mention', () => {
  const nobody = new Set<number>();

  test('is nothing at all, mostly', () => {
    expect(wantedMentions('hello', 'group', nobody)).toBeNull();
    expect(wantedMentions('me@example.org', 'group', nobody)).toBeNull();
  });
  test('is everybody in groups alone', () => {
    expect(wantedMentions('@all', 'group', nobody)).toEqual({ names: [], all: true, except: [] });
    expect(wantedMentions('@all', 'direct', nobody)).toBeNull();
  });
  test('is nobody with whom the sender does not talk', () => {
    expect(wantedMentions('@eve', 'group', new Set([2]))?.except).toEqual([2]);
  });
});
