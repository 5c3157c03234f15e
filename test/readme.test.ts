import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfabClient } from '@confab/client';
import type { Chat, Message, User } from '@confab/protocol';
import { TestServer } from '../packages/server/src/testing/server';
import { eventually } from '../packages/server/src/testing/waiting';

const ROOT = join(import.meta.dir, '..');
const README = readFileSync(join(ROOT, 'packages/client/README.md'), 'utf8');

/** What the text says is at hand in its examples. */
interface AtHand {
  client: ConfabClient;
  team: Chat;
  bob: User;
  message: Message;
}

const HEAD = `import type { ConfabClient } from '@confab/client';
import type { Chat, Message, User } from '@confab/protocol';
declare global {
  var client: ConfabClient;
  var team: Chat;
  var bob: User;
  var message: Message;
}
`;

/** Each example as a module: those that import nothing find in global variables what is at hand. */
function modules(): string[] {
  const blocks = [...README.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  return blocks.map((code) => (code.includes('import {') ? `${code}\nexport {};\n` : HEAD + code));
}

describe('the examples of the SDK’s README', () => {
  let folder: string;
  let files: string[];
  beforeAll(() => {
    // Where the packages are found, and no other tool looks.
    folder = mkdtempSync(join(ROOT, 'node_modules/.readme-'));
    files = modules().map((code, n) => {
      const file = join(folder, `example-${n}.ts`);
      writeFileSync(file, code);
      return file;
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are many, and have the right types', async () => {
    expect(files.length).toBeGreaterThan(12);
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
    const options = {
      ...compilerOptions,
      noUnusedLocals: false,
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify({ compilerOptions: options, files }));
    const tsc = Bun.spawn([process.execPath, join(ROOT, 'node_modules/.bin/tsc'), '-p', config], {
      stdout: 'pipe',
    });
    expect(await new Response(tsc.stdout).text()).toBe('');
    expect(await tsc.exited).toBe(0);
  }, 120_000);

  describe('run', () => {
    let server: TestServer;
    let atHand: AtHand;
    beforeAll(async () => {
      server = await TestServer.start();
      const register = async (username: string) => {
        const client = new ConfabClient({ server: server.url });
        const account = { username, email: `${username}@example.org`, password: 'correct horse' };
        const me = await client.register(account);
        return { client, me };
      };
      const [{ client }, { me }] = [await register('alice'), await register('bob')];
      await client.connect();
      const bob = (await client.findUser(me.username)) as User;
      const team = await client.createGroup('Team', [bob.id]);
      await client.send(team.id, 'Who is in?');
      const sent = () => client.messages(team.id).find((each) => each.content === 'Who is in?');
      const message = await eventually(sent, 'a message');
      atHand = { client, team, bob, message };
      Object.assign(globalThis, atHand);
    });
    afterAll(async () => {
      for (const name of Object.keys(atHand)) Reflect.deleteProperty(globalThis, name);
      await atHand.client.close();
      await server.stop();
    });

    for (const n of modules().keys()) {
      test(`number ${n + 1}`, async () => {
        const file = files[n] ?? '';
        const local = readFileSync(file, 'utf8')
          .replaceAll('http://localhost:8000', server.url)
          .replaceAll("FileKeyStore('keys')", `FileKeyStore('${join(folder, 'keys')}')`);
        writeFileSync(file, local);
        const { log } = console;
        console.log = () => {};
        await import(file).finally(() => {
          console.log = log;
        });
      }, 60_000);
    }

    test('and did what they say', async () => {
      const { client, bob } = atHand;
      const direct = await eventually(
        () =>
          client.chats().find((c) => c.peer?.id === bob.id && !c.is_encrypted && c.last_message),
        'it',
      );
      expect(direct.last_message?.content).toBe('Hello, Bob!');
    });
  });

  test('name every call there is, and none else', () => {
    const names = (source: string) =>
      [...source.matchAll(/^ {2}(\w+) = \(/gm)].map(([, name]) => name ?? '');
    const rest = join(ROOT, 'packages/client/src/rest');
    const calls = names(readFileSync(join(rest, 'api.ts'), 'utf8'));
    const adminCalls = names(readFileSync(join(rest, 'admin-api.ts'), 'utf8'));
    const [, table = ''] =
      /answer\n`\{ items, next_cursor \}`:\n\n([\s\S]*?)\n\n/.exec(README) ?? [];
    const told = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
    expect(told.toSorted()).toEqual([...calls, ...adminCalls].toSorted());
  });
});
