import { signal } from '@preact/signals';
import { keep, kept } from '../storage/kept';
import { en } from './catalogs/en';
import { fill, type Params, type Text } from './texts';

type Sections = typeof en;
/** Every text of the app, as `section.name`. */
export type TextKey = {
  [S in keyof Sections & string]: `${S}.${keyof Sections[S] & string}`;
}[keyof Sections & string];
/** What each language has to have. */
export type Catalog = { readonly [S in keyof Sections]: Readonly<Record<keyof Sections[S], Text>> };

interface Language {
  /** As its speakers write it. */
  readonly name: string;
  readonly load: () => Promise<Catalog>;
}

export const LANGUAGES = {
  en: { name: 'English', load: async () => en },
  de: { name: 'Deutsch', load: async () => (await import('./catalogs/de')).de },
  zh: { name: '简体中文', load: async () => (await import('./catalogs/zh')).zh },
} satisfies Record<string, Language>;

export type LanguageCode = keyof typeof LANGUAGES;

const KEPT = 'confab.language';
const current = signal<{ code: LanguageCode; texts: Catalog }>({ code: 'en', texts: en });

/** Which language is shown. */
export const language = (): LanguageCode => current.value.code;

/** A text in the user's language. Components that show it are rendered anew when the language changes. */
export function t(key: TextKey, params: Params = {}): string {
  const { code, texts } = current.value;
  const dot = key.indexOf('.');
  const section: Readonly<Record<string, Text>> = texts[key.slice(0, dot) as keyof Catalog];
  return fill(section[key.slice(dot + 1)] ?? key, params, (count) =>
    pluralRules(code).select(count),
  );
}

const rules = new Map<string, Intl.PluralRules>();

function pluralRules(code: string): Intl.PluralRules {
  const known = rules.get(code) ?? new Intl.PluralRules(code);
  rules.set(code, known);
  return known;
}

const isLanguage = (code: string): code is LanguageCode => Object.hasOwn(LANGUAGES, code);

/** What was chosen here before, else the first of the browser's languages that there is. */
export function preferredLanguage(): LanguageCode {
  const chosen = kept(KEPT);
  const wanted = [...(chosen ? [chosen] : []), ...navigator.languages];
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

/** Shows a language; with `isKept`, the next time too. */
export async function useLanguage(code: LanguageCode, isKept = false): Promise<void> {
  const texts = await LANGUAGES[code].load();
  if (isKept) keep(KEPT, code);
  current.value = { code, texts };
  document.documentElement.lang = code;
}
