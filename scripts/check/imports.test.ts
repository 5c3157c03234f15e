import { describe, expect, test } from 'bun:test';
import { importProblems } from './imports';

const SERVER = 'packages/server/src';

/** The problems of a tree of one-line files: path to the specifiers it imports. */
function problems(tree: Record<string, string[]>): string[] {
  const sources = Object.entries(tree).map(([path, specifiers]): [string, string] => [
    path,
    specifiers.map((specifier) => `import { a } from '${specifier}';`).join('\n'),
  ]);
  return importProblems(new Map(sources));
}

describe('packages', () => {
  test('protocol imports zod and itself alone', () => {
    expect(problems({ 'packages/protocol/src/a.ts': ['zod', './b', 'zod/v4'] })).toEqual([]);
    expect(problems({ 'packages/protocol/src/a.ts': ['hono', 'node:fs'] })).toEqual([
      "packages/protocol/src/a.ts: 'hono': protocol may not import this package",
      "packages/protocol/src/a.ts: 'node:fs': protocol may not import this package",
    ]);
    expect(problems({ 'packages/protocol/src/a.ts': ['@confab/server'] })).toHaveLength(1);
  });

  test('the client imports the protocol alone', () => {
    const from = 'packages/client/src/rest/a.ts';
    expect(problems({ [from]: ['@confab/protocol', '@confab/protocol/openapi'] })).toEqual([]);
    expect(problems({ [from]: ['@confab/server'] })).toHaveLength(1);
    expect(problems({ [from]: ['zod'] })).toHaveLength(1);
    expect(problems({ [from]: ['../../../server/src/lib/clock'] })).toEqual([
      `${from}: '../../../server/src/lib/clock': workspaces import each other by name`,
    ]);
  });

  test('bench imports nothing of ours', () => {
    expect(problems({ 'bench/src/a.ts': ['socket.io', './b', 'node:os'] })).toEqual([]);
    expect(problems({ 'bench/src/a.ts': ['@confab/client'] })).toHaveLength(1);
    expect(problems({ 'bench/src/a.ts': ['../../packages/client/src/index'] })).toHaveLength(1);
  });
});

describe('layers of the server', () => {
  test.each(['storage', 'realtime', 'observability', 'config', 'lib'])(
    '%s knows no feature',
    (layer) => {
      const from = `${SERVER}/${layer}/a.ts`;
      expect(problems({ [from]: ['../features/chats/index'] })).toEqual([
        `${from}: '../features/chats/index': ${layer} may not import features`,
      ]);
    },
  );

  test('features stand on the infrastructure', () => {
    const from = `${SERVER}/features/chats/service.ts`;
    const below = ['../../storage/database', '../../realtime/hub', '../../lib/clock', './rules'];
    expect(problems({ [from]: [...below, '@confab/protocol', 'kysely'] })).toEqual([]);
  });

  test('features see of http its contract alone', () => {
    const from = `${SERVER}/features/chats/routes.ts`;
    expect(problems({ [from]: ['../../http/contract'] })).toEqual([]);
    expect(problems({ [from]: ['../../http/contract/bind'] })).toEqual([]);
    expect(problems({ [from]: ['../../http/problem'] })).toEqual([
      `${from}: '../../http/problem': features may not import http`,
    ]);
  });

  test('only the composition imports the composition', () => {
    expect(problems({ [`${SERVER}/main.ts`]: ['./app', './features/search/service'] })).toEqual([]);
    expect(problems({ [`${SERVER}/features/chats/a.ts`]: ['../../app'] })).toHaveLength(1);
    expect(problems({ [`${SERVER}/http/a.ts`]: ['../main'] })).toHaveLength(1);
  });

  test('http enters features through their index', () => {
    const from = `${SERVER}/http/app.ts`;
    expect(problems({ [from]: ['../features/chats', '../features/auth/index.ts'] })).toEqual([]);
    expect(problems({ [from]: ['../features/chats/service'] })).toHaveLength(1);
  });
});

describe('features', () => {
  const at = (feature: string, file = 'service') => `${SERVER}/features/${feature}/${file}.ts`;

  test('use each other through the index', () => {
    expect(problems({ [at('chats')]: ['../users', '../auth/index'] })).toEqual([]);
    expect(problems({ [at('chats')]: ['../users/repository'] })).toEqual([
      `${at('chats')}: '../users/repository': users is entered through its index`,
    ]);
  });

  test('their writes use each other’s writes', () => {
    expect(problems({ [at('messages', 'change-writes')]: ['../chats/writes'] })).toEqual([]);
    expect(problems({ [at('messages', 'service')]: ['../chats/writes'] })).toHaveLength(1);
    expect(problems({ [at('messages', 'writes')]: ['../chats/write-steps'] })).toHaveLength(1);
  });

  test.each(['notifications', 'search'])('nobody imports %s', (follower) => {
    expect(problems({ [at('chats')]: [`../${follower}`] })).toHaveLength(1);
    expect(problems({ [at(follower)]: ['./repository', '../chats'] })).toEqual([]);
  });

  test('form no circle, however long', () => {
    expect(problems({ [at('a')]: ['../b'], [at('b')]: ['../c'], [at('c')]: ['../a'] })).toEqual([
      'features in a circle: a → b → c → a',
    ]);
    expect(problems({ [at('a')]: ['../b', '../c'], [at('b')]: ['../c'] })).toEqual([]);
  });

  test('of two circles, both are told', () => {
    const circles = problems({
      [at('a')]: ['../b'],
      [at('b')]: ['../a', '../c'],
      [at('c')]: ['../b'],
    });
    expect(circles).toEqual(['features in a circle: a → b → a', 'features in a circle: b → c → b']);
  });
});

describe('reading imports', () => {
  const from = 'packages/protocol/src/a.ts';
  const read = (source: string) => importProblems(new Map([[from, source]])).length;

  test.each([
    ["import type { A } from 'x';", 1],
    ["import {\n  a,\n  b,\n} from 'x';", 1],
    ["export * from 'x';", 1],
    ["import 'x';", 1],
    ["const x = await import('x');", 1],
    ["// import { a } from 'x';", 0],
    ["/* import { a } from 'x'; */", 0],
    ["/**\n * import { a } from 'x';\n */", 0],
    ["const text = 'import from x';", 0],
  ])('%s', (source, count) => {
    expect(read(source)).toBe(count);
  });

  test('tests may import anything', () => {
    const tree = new Map([['packages/protocol/src/a.test.ts', "import { test } from 'bun:test';"]]);
    expect(importProblems(tree)).toEqual([]);
  });
});
