import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { leastMs } from '../../testing/least-ms';
import { fold, foldWithOrigins } from './fold';
import { gramsOf, gramsToFind } from './grams';
import { snippetOf } from './snippet';
import { containsAll, termsOf } from './terms';

/** Text of all that folding and indexing treat in ways of their own. */
const PIECES = [
  ...['a', 'B', 'é', 'e\u0301', 'ß', 'İ', 'ﬁ', 'Σ', 'ς', 'ё', '½', '㍿', '\u00a8', 'x', '1', '"'],
  ...['中', '文', 'が', 'か\u3099', 'ー', '한', '\u1112\u1161\u11ab', '👍', '👍🏽', '👩‍👩‍👧', '🇩🇪'],
  ...[' ', '  ', '\n', '\u00a0', '\u200b', '\ufeff', '\u00ad', '\u0301', 'שָׁ', 'مُ', 'कि'],
];
const text = (maxLength: number) =>
  fc.array(fc.constantFrom(...PIECES), { maxLength }).map((pieces) => pieces.join(''));
const anyText = fc.oneof(text(30), fc.string({ unit: 'grapheme', maxLength: 30 }));

describe('folding', () => {
  test('twice is once', () => {
    fc.assert(fc.property(anyText, (each) => fold(fold(each)) === fold(each)));
  });

  test('a character at a time is the same as all at once', () => {
    fc.assert(
      fc.property(text(30), (each) => {
        const { text: folded, origins } = foldWithOrigins(each);
        expect(folded).toBe(fold(each));
        expect(origins).toHaveLength(folded.length + 1);
        expect(origins).toEqual([...origins].sort((a, b) => a - b));
      }),
    );
  });
});

describe('grams', () => {
  test('a text has all grams of what is in it', () => {
    fc.assert(
      fc.property(text(8), text(6), text(8), (before, middle, after) => {
        const folded = fold(before + middle + after);
        const terms = termsOf(middle).filter((term) => folded.includes(term));
        const grams = gramsOf(folded);
        for (const gram of gramsToFind(terms)) expect(grams).toContain(gram);
      }),
    );
  });

  test.each([
    ['cat sat', ['cat', 'sat']],
    ['hi ok', []],
    ['中文字', ['中', '中文', '文', '文字', '字']],
    ['ab中', ['中']],
  ])('of %s', (folded, grams) => {
    expect([...gramsOf(folded)]).toEqual(grams);
  });

  test('of a long query, some from all over it', () => {
    const grams = gramsToFind(['abcdefghijklmnopqrstuvwxyz0123456789']);
    expect(grams.length).toBeLessThanOrEqual(16);
    expect(grams[0]).toBe('abc');
  });
});

describe('terms', () => {
  test.each([
    ['Red cat', ['red', 'cat']],
    ['"red  cat" sat', ['red cat', 'sat']],
    ['“red cat”', ['red cat']],
    ['"red', ['"red']],
    ['5" screen', ['5"', 'screen']],
    ['""', ['""']],
    ['"', ['"']],
    ['cat CAT', ['cat']],
    ['a"b c"', ['a"b', 'c"']],
    ['\u0301', []],
  ])('of %s', (query, terms) => {
    expect(termsOf(query)).toEqual(terms);
  });
});

describe('a snippet', () => {
  test('has its highlights where the terms are, whatever the text', () => {
    fc.assert(
      fc.property(text(40), text(3), text(400), (before, term, after) => {
        const content = before + term + after;
        const terms = termsOf(term);
        if (terms.length === 0 || !containsAll(fold(content), terms)) return;
        const { snippet, highlights } = snippetOf(content, terms);
        expect(snippet.isWellFormed()).toBe(true);
        expect(highlights.length).toBeGreaterThan(0);
        for (const [start, length] of highlights) {
          const marked = snippet.slice(start, start + length);
          expect(length).toBeGreaterThan(0);
          expect(marked.isWellFormed()).toBe(true);
          expect(
            terms.some((one) => fold(marked).includes(one) || one.includes(fold(marked))),
          ).toBe(true);
        }
      }),
    );
  });

  test('of a very long text is found in it, and quickly', () => {
    const content = `${'é word '.repeat(2000)}needle ${'ü more '.repeat(2000)}`;
    expect(leastMs(() => snippetOf(content, ['needle']))).toBeLessThan(200);
    const { snippet, highlights } = snippetOf(content, ['needle']);
    expect(highlights.map(([start, length]) => snippet.slice(start, start + length))).toEqual([
      'needle',
    ]);
  });

  test('is the whole text when that is short', () => {
    expect(snippetOf('a\nred  cat', ['red cat'])).toEqual({
      snippet: 'a red  cat',
      highlights: [[2, 8]],
    });
  });
});
