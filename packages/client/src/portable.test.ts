import { expect, test } from 'bun:test';
import { Glob } from 'bun';

const transpiler = new Bun.Transpiler({ loader: 'ts' });
const source = new URL('.', import.meta.url).pathname;

/** Everything that the SDK's main entry leads to, found by following its imports. */
async function reachable(entry: string): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>();
  const todo = [entry];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (imports.has(file)) continue;
    const text = await Bun.file(file).text();
    const names = transpiler.scanImports(text).map((one) => one.path);
    imports.set(file, names);
    for (const name of names.filter((one) => one.startsWith('.'))) {
      todo.push(Bun.resolveSync(name, file.slice(0, file.lastIndexOf('/'))));
    }
  }
  return imports;
}

test('the SDK imports nothing but the protocol, so that it runs wherever the web does', async () => {
  const files = await reachable(`${source}index.ts`);
  expect(files.size).toBeGreaterThan(25);
  const foreign = [...files.values()].flat().filter((name) => !name.startsWith('.'));
  expect([...new Set(foreign)]).toEqual(['@confab/protocol']);
});

test('the SDK can be bundled for browsers', async () => {
  const built = await Bun.build({ entrypoints: [`${source}index.ts`], target: 'browser' });
  expect(built.success).toBe(true);
});

test('the terminal client uses nothing of the SDK but what everybody may', async () => {
  const allowed = /^(\.\/|\.\.\/index$|\.\.\/node(\/|$)|\.\.\/e2ee$|node:|@confab\/protocol$)/;
  for await (const name of new Glob('terminal/*.ts').scan(source)) {
    if (name.endsWith('.test.ts')) continue;
    const text = await Bun.file(`${source}${name}`).text();
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g)) expect(from).toMatch(allowed);
  }
});
