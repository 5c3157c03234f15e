import { partsOf } from '../conversation/parts';

/** The addresses in a text that can be opened, each once, as they are written. */
export function linksOf(text: string): string[] {
  const links = partsOf(text, () => false).filter(({ kind }) => kind === 'link');
  return [...new Set(links.map(({ text }) => text))];
}
