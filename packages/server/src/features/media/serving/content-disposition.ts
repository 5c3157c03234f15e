import { UNSEEN } from '../unseen';

const MAX_CHARACTERS = 150;
const SEPARATORS = /[/\\:]/g;

/** A name that a file may be saved by: no path, nothing unseen, not too long. */
export function cleanFilename(name: string): string {
  const plain = name
    .toWellFormed()
    .replace(UNSEEN, '')
    .replace(SEPARATORS, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return plain === '' ? 'file' : shortened(plain);
}

/** Keeps the extension, by which people and systems tell what it is. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= MAX_CHARACTERS) return name;
  const extension = [...(/\.[^.\s]{1,15}$/u.exec(name)?.[0] ?? '')];
  return [...characters.slice(0, MAX_CHARACTERS - extension.length), ...extension].join('');
}

/** Percent signs too: some programs decode them where they should not. */
const inAscii = (name: string): string => name.replace(/[^ -~]/gu, '_').replace(/["\\%]/g, '_');

/** RFC 8187, stricter than `encodeURIComponent`. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The header of RFC 6266, with a plain name for programs that know no better. */
export function contentDisposition(kind: 'inline' | 'attachment', filename: string): string {
  const name = cleanFilename(filename);
  const plain = inAscii(name);
  const header = `${kind}; filename="${plain}"`;
  return plain === name ? header : `${header}; filename*=UTF-8''${encoded(name)}`;
}
