import { expect, test } from 'bun:test';
import { sourcesLike } from '../../testing/sources';

const withoutComments = (css: string): string => css.replace(/\/\*[\s\S]*?\*\//g, '');

/** Lines of the style sheets that match, as `file: line`. */
async function linesLike(pattern: RegExp): Promise<string[]> {
  return [...(await sourcesLike('**/*.css'))].flatMap(([path, css]) =>
    withoutComments(css)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

test('left and right are told from where reading begins', async () => {
  const physical =
    /^\s*(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b|(?:left|right)\s*:|border-(?:top|bottom)-(?:left|right)-radius|(?:text-align|float|clear)\s*:\s*(?:left|right))/;
  expect(await linesLike(physical)).toEqual([]);
});

test('no class is styled by two features', async () => {
  const owners = new Map<string, Set<string>>();
  for (const [path, css] of await sourcesLike('{ui,features,app}/**/*.css')) {
    const owner = path.split('/').slice(0, 2).join('/');
    const simple = withoutComments(css).matchAll(/^\.([\w-]+) \{/gm);
    for (const [, name = ''] of simple)
      owners.set(name, (owners.get(name) ?? new Set()).add(owner));
  }
  expect(owners.size).toBeGreaterThan(50);
  expect([...owners].filter(([, of]) => of.size > 1)).toEqual([]);
});

test('all texts grow with the text size that is chosen', async () => {
  expect(await linesLike(/(?:font-size|font):[^;]*\d(?:px|pt)/)).toEqual([]);
});
