import { describe, expect, spyOn, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import fc from 'fast-check';
import { parseJson, readJson } from './json';

const nested = (depth: number, padding = '') =>
  `${'['.repeat(depth)}"${padding}"${']'.repeat(depth)}`;

describe('parsing JSON', () => {
  test('reads what JSON.parse reads, short and long', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), fc.string({ unit: 'binary' }), (json, text) => {
        const long = `[${json},${JSON.stringify(text)}${' '.repeat(3000)}]`;
        expect(parseJson(json)).toEqual(JSON.parse(json));
        expect(parseJson(long)).toEqual(JSON.parse(long));
      }),
    );
  });

  test('refuses what JSON.parse refuses', () => {
    for (const text of ['', '{', `["${'x'.repeat(3000)}`, `${' '.repeat(3000)}]`, '"\\']) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });

  test('takes a hundred levels, however many brackets its strings hold', () => {
    expect(parseJson(nested(100, `${'[{\\"\\\\'.repeat(3000)}`))).toBeArray();
  });

  test.each([
    ['lists', '['.repeat(500_000)],
    ['closed lists', nested(3000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['lists behind a string', `{"a":"\\\\","b":${'['.repeat(5000)}`],
  ])('refuses deep %s before they are parsed', (_, text) => {
    const parse = spyOn(JSON, 'parse');
    expect(() => parseJson(text)).toThrow('nested too deeply');
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});

describe('reading a JSON text of a client', () => {
  const place = { path: 'entry', maxBytes: 5_000 };
  const refused = { code: 'invalid', errors: [{ path: 'entry' }] };
  const refusalOf = (text: string) => {
    try {
      return readJson(text, place);
    } catch (error) {
      return error;
    }
  };

  test('gives what it holds', () => {
    expect(readJson('{"a":[1,{"b":null}],"constructor":2}', place)).toEqual({
      a: [1, { b: null }],
      constructor: 2 as never,
    });
  });

  test.each([
    ['no JSON', '{"a":'],
    ['nothing', ''],
    ['more bytes than it may have, though not characters', `"${'é'.repeat(3_000)}"`],
    ['lists in lists', `${'['.repeat(2_200)}${']'.repeat(2_200)}`],
    ['a prototype', '{"__proto__":{"v":1}}'],
    ['a hidden prototype', '{"a":[{"\\u005f_proto__":null}]}'],
  ])('refuses %s', (_, text) => {
    expect(refusalOf(text)).toMatchObject(refused);
    expect(refusalOf(text)).toBeInstanceOf(ConfabError);
  });

  test('refuses nothing for a prototype that is only text', () => {
    expect(readJson('{"a":"__proto__"}', place)).toEqual({ a: '__proto__' });
  });
});
