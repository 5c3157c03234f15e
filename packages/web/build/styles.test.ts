import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleStyles, minified } from './styles';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-styles-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['a {\n  color: red;\n}\n', 'a{color: red}'],
  ['/* why */\na b,\na > b { x: 1; y: 2 }', 'a b, a > b{x: 1;y: 2}'],
  ['a::after { content: "/* {no; } */  "; }', 'a::after{content: "/* {no; } */  "}'],
  [
    '@media (x) {\n  a { w: calc(1px + 2px); }\n\n  b { }\n}',
    '@media (x){a{w: calc(1px + 2px)}b{}}',
  ],
  ['a { margin: 0 /* none */ auto; }', 'a{margin: 0 auto}'],
])('%j is packed', (css, packed) => {
  expect(minified(css)).toBe(packed);
});

test('imported sheets stand where they are imported', async () => {
  await Bun.write(join(folder, 'all.css'), '@import "./one.css";\n@import "./in/two.css";\n');
  await Bun.write(join(folder, 'one.css'), 'a { inset-inline-start: 0; }');
  await Bun.write(join(folder, 'in/two.css'), 'b { color: light-dark(#fff, #000); }');
  const { name, text } = await bundleStyles(join(folder, 'all.css'));
  expect(text).toBe('a{inset-inline-start: 0}b{color: light-dark(#fff, #000)}');
  expect(name).toMatch(/^styles-\w+\.css$/);
  await Bun.write(join(folder, 'one.css'), 'a { inset-inline-end: 0; }');
  expect((await bundleStyles(join(folder, 'all.css'))).name).not.toBe(name);
});

test('a sheet that is missing ends the build', async () => {
  await Bun.write(join(folder, 'all.css'), '@import "./none.css";');
  await expect(bundleStyles(join(folder, 'all.css'))).rejects.toThrow();
});
