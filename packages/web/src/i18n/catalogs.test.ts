import { expect, test } from 'bun:test';
import { type Catalog, LANGUAGES, type LanguageCode } from './index';
import type { Text } from './texts';

const codes = Object.keys(LANGUAGES) as LanguageCode[];

/** Every text of a language, by `section.name`. */
function textsOf(catalog: Catalog): Map<string, Text> {
  const entries = Object.entries<Readonly<Record<string, Text>>>(catalog);
  return new Map(
    entries.flatMap(([section, texts]) =>
      Object.entries(texts).map(([name, text]): [string, Text] => [`${section}.${name}`, text]),
    ),
  );
}

const formsOf = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));

const parametersOf = (form: string): string[] =>
  [...new Set(Array.from(form.matchAll(/\{(\w+)\}/g), ([, name = '']) => name))].sort();

/** All that a text takes: a form for one may do without the number. */
const takenBy = (text: Text): string[] => parametersOf(formsOf(text).join(' '));

const english = textsOf(await LANGUAGES.en.load());

test.each(codes)('%s has every text, and no other', async (code) => {
  const texts = textsOf(await LANGUAGES[code].load());
  expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
});

test.each(codes)('no text of %s is empty or unfinished', async (code) => {
  const texts = textsOf(await LANGUAGES[code].load());
  const bad = [...texts].filter(([, text]) =>
    formsOf(text).some((form) => form.trim() === '' || /\bTODO\b/.test(form)),
  );
  expect(bad).toEqual([]);
});

test.each(codes)('texts of %s take what the English ones take', async (code) => {
  const texts = textsOf(await LANGUAGES[code].load());
  for (const [key, text] of texts) {
    expect([key, takenBy(text)]).toEqual([key, takenBy(english.get(key) ?? '')]);
  }
});

test.each(codes)('texts of %s have the plural forms that the language has', async (code) => {
  const { pluralCategories } = new Intl.PluralRules(code).resolvedOptions();
  for (const [key, text] of textsOf(await LANGUAGES[code].load())) {
    if (typeof text !== 'string')
      expect([key, Object.keys(text).sort()]).toEqual([key, [...pluralCategories].sort()]);
  }
});

test('texts in other languages are translated', async () => {
  const same = new Map<string, string[]>();
  for (const code of codes.filter((each) => each !== 'en')) {
    for (const [key, text] of textsOf(await LANGUAGES[code].load())) {
      const words = formsOf(text)
        .join(' ')
        .replace(/\{\w+\}/g, '');
      const isLong = words.trim().split(/\s+/).length > 2;
      if (isLong && Bun.deepEquals(text, english.get(key)))
        same.set(code, [...(same.get(code) ?? []), key]);
    }
  }
  expect(Object.fromEntries(same)).toEqual({});
});
