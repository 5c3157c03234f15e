import { dirname, resolve } from 'node:path';

const IMPORT = /@import\s+"([^"]+)";/g;

/** A style sheet with those that it imports in their places. @throws when one is missing */
async function withImports(path: string): Promise<string> {
  const text = await Bun.file(path).text();
  const paths = Array.from(text.matchAll(IMPORT), ([, name = '']) => resolve(dirname(path), name));
  const imported = await Promise.all(paths.map(withImports));
  return text.replace(IMPORT, () => imported.shift() ?? '');
}

const TEXT = '("(?:[^"\\\\]|\\\\.)*")';
const NOISE = new RegExp(`${TEXT}|(?:/\\*[\\s\\S]*?\\*/|\\s)+`, 'g');
const SIGNS = new RegExp(`${TEXT}|[ ;]*([{}])[ ]*|[ ]*(;)[ ]*`, 'g');

/** Without comments, and with spaces only where they mean something. Texts in quotes stay as they are. */
export const minified = (css: string): string =>
  css
    .replace(NOISE, (_all, text?: string) => text ?? ' ')
    .replace(
      SIGNS,
      (_all, ...[text, brace, semicolon]: (string | undefined)[]) =>
        text ?? brace ?? semicolon ?? '',
    )
    .trim();

/**
 * All styles of the app in one file, as they are written: a bundler would put directions and colour
 * schemes into terms of its own, by the page's language instead of the direction that it is read in.
 */
export async function bundleStyles(path: string): Promise<{ name: string; text: string }> {
  const text = minified(await withImports(path));
  const hash = Bun.hash(text).toString(36).slice(0, 8);
  return { name: `styles-${hash}.css`, text };
}
