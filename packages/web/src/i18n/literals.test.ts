import { expect, test } from 'bun:test';
import { literalsIn } from '../testing/literals';
import { sourcesLike } from '../testing/sources';
import { en } from './catalogs/en';

/** Names are no words; and what is mentioned is typed in every language alike. */
const isName = (text: string) => ['Confab', 'GIF', '@all'].includes(text);

const keys: ReadonlySet<string> = new Set(
  Object.entries(en).flatMap(([section, texts]) =>
    Object.keys(texts).map((name) => `${section}.${name}`),
  ),
);

test('the check finds what is written into a component', () => {
  const source = `
    export const Found = ({ name }: { name: string }) => (
      <div class="two words" title="A title">
        <input placeholder={'Type here'} aria-label="A label" type="text" />
        Loose words <b>bold words</b> {name} {t('chats.title')}
        <p>{name === 'none' && 'Nobody here'}</p>
        {name ? <i>inner</i> : null} · @{name}
      </div>
    );`;
  expect(
    literalsIn(source)
      .map((text) => text.trim())
      .sort(),
  ).toEqual([
    'A label',
    'A title',
    'Loose words',
    'Nobody here',
    'Type here',
    'bold words',
    'inner',
  ]);
});

test('no component has words for users of its own', async () => {
  const sources = await sourcesLike('**/*.tsx');
  expect(sources.size).toBeGreaterThan(20);
  const found = [...sources].flatMap(([path, source]) =>
    literalsIn(source)
      .filter((text) => !isName(text) && !keys.has(text))
      .map((text) => `${path}: ${text}`),
  );
  expect(found).toEqual([]);
});
