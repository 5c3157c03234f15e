import { describe, expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import { parseJson } from './json';

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
