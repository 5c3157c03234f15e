import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminalWorld } from './terminal-world';

/** Well-formed, and nobody's: of twenty zeros. */
const WRONG_KEY = `${'0000-'.repeat(8)}JMM1`;

let world: TerminalWorld;

beforeAll(async () => {
  world = await TerminalWorld.start();
});
afterAll(() => world.stop());

/** All that the server keeps, as one text. */
async function stored(): Promise<string> {
  const folder = join(world.folder, 'storage');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const texts = files.map((one) => Bun.file(join(one.parentPath, one.name)).bytes());
  return (await Promise.all(texts)).map((bytes) => Buffer.from(bytes).toString('latin1')).join();
}

test('two people talk encrypted through restarts and a new device', async () => {
  const first = world.terminal('alice');
  await first.sees(/No chats yet/);
  await first.end();
  const bob = world.terminal('bob', '--encrypted', 'alice');
  await bob.sees(/Your recovery key/);
  await bob.sees(/— 🔒 alice —/);
  bob.type('too early');
  await bob.sees(/They have no device that can decrypt yet/);

  const alice = world.terminal('alice', '--encrypted', 'bob');
  await alice.sees(/Your recovery key/);
  await alice.sees(/— 🔒 bob —/);
  // Asks for her keys, should the word of them not have come yet.
  bob.type('/safety');
  await bob.sees(/not verified yet/);
  bob.type('/retry');
  await alice.sees(/bob: too early/);
  alice.type('CANARY one', '/react 1 👍');
  await bob.sees(/alice: CANARY one/);
  await bob.sees(/too early \[👍 1\]/);

  alice.type('/safety');
  await alice.sees(/not verified yet/);
  const digits = /((?:\d{5} ?){4}\n +(?:\d{5} ?){4}\n +(?:\d{5} ?){4})/;
  await bob.sees(digits);
  const number = bob.found(digits).replace(/\s+/g, ' ');
  alice.type(`/verify ${number}`);
  await alice.sees(/bob is verified/);

  const [path, copy] = [join(world.folder, 'CANARY.txt'), join(world.folder, 'copy.txt')];
  const content = 'CANARY by the line\n'.repeat(70_000);
  await writeFile(path, content);
  alice.type(`/send ${path} CANARY file`);
  await bob.sees(/alice: CANARY file \[CANARY\.txt · text\/plain · 1\.3 MB\]/);
  bob.type(`/save ${bob.found(/#(\d+) \S+ alice: CANARY file/)} ${copy}`);
  await bob.sees(/Saved as \S+copy\.txt/);
  expect(await readFile(copy, 'utf8')).toBe(content);

  await world.killServer();
  bob.type('CANARY two');
  await world.startServer();
  await alice.sees(/bob: CANARY two/);

  const phone = world.terminal(
    'alice',
    '--profile-dir',
    join(world.folder, 'phone'),
    '--encrypted',
    'bob',
    '--password',
    await passwordOf('alice'),
  );
  await phone.sees(/\/approve (\S+)/);
  alice.type(`/approve ${phone.found(/\/approve (\S+)/)}`);
  await phone.sees(/This device was let in/);
  phone.type('/encrypted bob');
  await phone.sees(/you: CANARY one/);
  await phone.sees(/bob: CANARY two/);
  phone.type('CANARY three');
  await bob.sees(/alice: CANARY three/);
  await alice.sees(/you: CANARY three/);

  expect(await stored()).not.toContain('CANARY');
  for (const one of [alice, bob, phone]) expect((await one.end()).code).toBe(0);
}, 240_000);

test('a group is made encrypted, and searched where it can be read', async () => {
  const carol = world.terminal('carol');
  await carol.sees(/No chats yet/);
  const dora = world.terminal('dora');
  await dora.sees(/No chats yet/);
  dora.type('/encrypted dora');
  await dora.sees(/Your recovery key/);
  carol.type('/group --encrypted "Book club" dora');
  await carol.sees(/Your recovery key/);
  await carol.sees(/— 🔒 Book club —/);
  const long = 'CANARY which of all the books on the list shall we read before the summer comes';
  carol.type(long);
  await dora.sees(/\[🔒 Book club\] carol: CANARY which/);
  carol.type('/direct dora', 'not about summer at all, and in the open');
  await dora.sees(/\[carol\] not about summer/);
  const found = /🔒 Book club #\d+ \d{4}-\d\d-\d\d \S+ carol: … we read before the summer comes/;
  for (const [one, hit] of [
    [dora, found],
    [carol, new RegExp(found.source.replace('carol:', 'you:'))],
  ] as const) {
    one.type('/search summer');
    await one.sees(hit);
  }
  await dora.sees(/carol #\d+ \S+ \S+ carol: not about summer at all/);
  dora.type('/search nowhere');
  await dora.sees(/Nothing is found/);
  expect(await stored()).not.toContain('CANARY');
  for (const one of [carol, dora]) expect((await one.end()).code).toBe(0);
}, 120_000);

test('a device comes in by the recovery key and is shut out; then its user begins anew', async () => {
  const erin = world.terminal('erin', '--encrypted', 'erin');
  await erin.sees(/— 🔒 notes to yourself —/);
  const key = erin.found(/\n {2}((?:\w{4}-){8}\w{4})\n/);
  erin.type('CANARY note');
  const login = ['--password', await passwordOf('erin')];
  const phone = world.terminal(
    'erin',
    ...['--profile-dir', join(world.folder, 'tablet'), ...login, '--encrypted', 'erin'],
  );
  await phone.sees(/cannot read your encrypted messages yet/);
  phone.type(`/recover ${WRONG_KEY}`);
  await phone.sees(/! This recovery key does not open your backup/);
  phone.type(`/recover ${key}`, '/encrypted erin');
  await phone.sees(/This device was let in/);
  await phone.sees(/you: CANARY note/);
  erin.type('/devices');
  await erin.sees(/○ \S+, since \S+ \(([\w-]{22})\)/);
  erin.type(`/expel ${erin.found(/○ \S+, since \S+ \(([\w-]{6})/)}`, 'CANARY after');
  await phone.sees(/! This device was shut out/);
  const output = await phone.end();
  expect(output).toEqual({ code: 0, faults: '' });
  expect(phone.messages().join()).not.toContain('CANARY after');
  expect(phone.found(/(not let in)/)).toBe('');

  erin.type('/anew', '/anew yes');
  await erin.sees(/\/anew yes does it/);
  await erin.sees(/Your recovery key[\s\S]*Your recovery key/);
  erin.type('CANARY anew', '/safety');
  await erin.sees(/you: CANARY anew/);
  expect(erin.found(/\n {2}((?:\w{4}-){8}\w{4})\n/)).not.toBe(key);
  expect(erin.found(/(began anew on another device)/)).toBe('');
  expect((await erin.end()).code).toBe(0);
}, 120_000);

test('whoever opens an encrypted group takes part in it, and is an admin when they are made one', async () => {
  const finn = world.terminal('finn');
  await finn.sees(/No chats yet/);
  const gus = world.terminal('gus');
  await gus.sees(/No chats yet/);
  gus.type('/group --encrypted "Rowing club" finn');
  await gus.sees(/— 🔒 Rowing club —/);
  gus.type('too early for finn');
  await finn.sees(/\[🔒 Rowing club\] gus: \(encrypted: open the chat to take part\)/);
  finn.type('/open rowing club', 'CANARY ahoy');
  await finn.sees(/Your recovery key/);
  await gus.sees(/finn: CANARY ahoy/);
  finn.type('/delete 1', '/schedule 10m CANARY later', '/invite');
  await finn.sees(/! Messages of an encrypted chat cannot wait/);
  await finn.sees(/! A link gives nobody the keys/);
  gus.type('/role finn admin', '/members', '/accept');
  await gus.sees(/finn is admin now/);
  await gus.sees(/finn \(admin\)/);
  await gus.sees(/Open the direct chat with somebody first/);
  await world.killServer();
  await finn.sees(/reconnecting/);
  finn.type('CANARY in the dark');
  await finn.sees(/Kept until there is a connection/);
  finn.type('/quit');
  await finn.end();
  await world.startServer();
  const again = world.terminal('finn', '--chat', 'Rowing club');
  await gus.sees(/finn: CANARY in the dark/);
  expect(await stored()).not.toContain('CANARY');
  for (const one of [again, gus]) expect((await one.end()).code).toBe(0);
}, 120_000);

async function passwordOf(name: string): Promise<string> {
  const path = join(world.folder, 'profiles', `127.0.0.1_${world.port}`, `${name}.json`);
  return (await Bun.file(path).json()).password;
}
