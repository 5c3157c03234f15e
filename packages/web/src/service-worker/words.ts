import type { Catalog } from '../i18n';
import { notifications as de } from '../i18n/catalogs/de/notifications';
import { notifications as en } from '../i18n/catalogs/en/notifications';
import { notifications as zh } from '../i18n/catalogs/zh/notifications';
import { fill } from '../i18n/texts';

const LANGUAGES: Readonly<Record<string, typeof en | Catalog['notifications']>> = { en, de, zh };

/** What is said of a message whose text is secret: in the app's language, else in one of the browser's. */
export function newMessageIn(chosen: string | undefined): string {
  const codes = [chosen ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  const code = codes.find((each) => Object.hasOwn(LANGUAGES, each)) ?? 'en';
  return fill(LANGUAGES[code]?.newMessage ?? en.newMessage, {}, () => 'other');
}
