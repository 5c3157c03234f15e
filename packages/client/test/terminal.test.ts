import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Terminal, TerminalWorld } from './terminal-world';

/**
 * The terminal client as people start it, against the server as people start it: separate
 * processes, real sockets and files.
 */

/** Longer than a terminal is waited for, so that it is told what was not seen. */
const PATIENCE_MS = 120_000;

let world: TerminalWorld;

beforeAll(async () => {
  world = await TerminalWorld.start();
});
afterAll(() => world.stop());

const terminal = (name: string, ...more: string[]): Terminal => world.terminal(name, ...more);

test(
  'two people chat while the server is killed and comes back: nothing is lost or doubled',
  async () => {
    const bob = terminal('bob');
    await bob.sees(/No chats yet/);
    const alice = terminal('alice', '--chat', 'bob');
    await alice.sees(/— bob —/);
    bob.type('/open alice');
    await bob.sees(/— alice —/);

    const expected: Record<'alice' | 'bob', string[]> = { alice: [], bob: [] };
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 10; n++) {
        alice.type(`alice ${round}.${n}`);
        bob.type(`bob ${round}.${n}`);
        expected.alice.push(`alice ${round}.${n}`);
        expected.bob.push(`bob ${round}.${n}`);
        if (n === 5) await world.killServer();
      }
      await world.startServer();
      await alice.sees(new RegExp(`bob: bob ${round}\\.9`));
      await bob.sees(new RegExp(`alice: alice ${round}\\.9`));
      await alice.sees(new RegExp(`you: alice ${round}\\.9`));
      await bob.sees(new RegExp(`you: bob ${round}\\.9`));
    }

    const seen = { alice: alice.messages(), bob: bob.messages() };
    for (const [name, other] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ] as const) {
      expect(seen[name].map((line) => line.split(' ')[0])).toEqual(
        Array.from({ length: 40 }, (_, index) => `#${index + 1}`),
      );
      const from = (who: string) =>
        seen[name]
          .filter((line) => line.includes(` ${who}: `))
          .map((line) => line.split(': ')[1] ?? '');
      expect(from('you')).toEqual(expected[name]);
      expect(from(other)).toEqual(expected[other]);
    }
    expect(await alice.end()).toEqual({ code: 0, faults: '' });
    expect(await bob.end()).toEqual({ code: 0, faults: '' });
  },
  PATIENCE_MS,
);

test(
  'every command does what it says',
  async () => {
    const dora = terminal('dora');
    await dora.sees(/No chats yet/);
    const carl = terminal('carl');
    await carl.sees(/No chats yet/);
    carl.type('/group "Book club" dora', 'welcome');
    await dora.sees(/\[Book club\] carl: welcome/);
    dora.type('/open Book club', '/reply 1 thanks', '/react 1 👍');
    await carl.sees(/carl|↳/);
    await carl.sees(/dora: thanks/);
    await carl.sees(/you: welcome \[👍 1\]/);
    carl.type('/edit 1 welcome, all');
    await dora.sees(/#1 \S+ carl: welcome, all \(edited\) \[👍 1\]/);
    carl.type('/unreact 1 👍', '/members');
    await carl.sees(/● dora/);
    await carl.sees(/● carl \(owner\)/);
    dora.type('/delete 2');
    await carl.sees(/#2 \S+ dora: \(deleted\)/);
    carl.type('/remove dora');
    await dora.sees(/no longer in this chat/);
    dora.type('/direct carl', 'sorry?', '/chats');
    await carl.sees(/\[dora\] sorry\?/);
    carl.type('/direct nobody_at_all');
    await carl.sees(/! Nobody here is called nobody_at_all/);
    carl.type('/quit');
    expect((await carl.end()).code).toBe(0);
    expect((await dora.end()).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'groups, pins, times and notifications are for the asking',
  async () => {
    const gina = terminal('gina');
    await gina.sees(/No chats yet/);
    const hugo = terminal('hugo');
    await hugo.sees(/No chats yet/);
    gina.type('/group Hikers', '/invite 1d');
    await gina.sees(/^http\S+\/invite\/\S+$/m);
    hugo.type(`/join ${gina.found(/^(http\S+\/invite\/\S+)$/m)}`);
    await hugo.sees(/— Hikers —/);
    gina.type('meet at the bridge');
    await hugo.sees(/#2 \S+ gina: meet at the bridge/);
    gina.type('/pin 2');
    await hugo.sees(/#2 \S+ gina: meet at the bridge \(pinned\)/);
    hugo.type('/pins', '/mute');
    await hugo.sees(/“Hikers” is muted/);
    // Late enough for it to be listed before it is sent, and for it to be seen before it goes.
    gina.type('/unpin 2', '/disappear 10s', '/schedule 5s off we go', '/scheduled');
    await gina.sees(/\d+\. \S+ \S+ \[Hikers\] off we go/);
    await hugo.sees(/#\d+ \S+ gina: off we go/);
    await hugo.sees(/#\d+ \S+ gina: \(deleted\)/);
    hugo.type('/quit');
    expect((await hugo.end()).code).toBe(0);
    gina.type('dear @hugo');
    // Who quits at once may leave it to the next run.
    await gina.sees(/you: dear @hugo/);
    gina.type('/quit');
    expect((await gina.end()).code).toBe(0);
    const again = terminal('hugo');
    again.type('/notifications', '/unmute', '/notifications read', '/notifications');
    await again.sees(/Mentioned by gina/);
    await again.sees(/! No chat is open/);
    await again.sees(/Nothing is new/);
    expect((await again.end()).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'files are sent and saved',
  async () => {
    const [path, copy] = [join(world.folder, 'my notes.txt'), join(world.folder, 'copy.txt')];
    const content = 'a line of many\n'.repeat(200_000);
    await writeFile(path, content);
    const kate = terminal('kate');
    await kate.sees(/No chats yet/);
    const lars = terminal('lars');
    await lars.sees(/No chats yet/);
    kate.type('/direct lars', `/send "${path}" read this`);
    await kate.sees(/Sending my notes\.txt \(3\.0 MB\)…/);
    await lars.sees(/\[kate\] read this/);
    lars.type('/open kate', `/save 1 ${copy}`, `/save 1 ${copy}`);
    await lars.sees(/#1 \S+ kate: read this \[my notes\.txt · text\/plain · 3\.0 MB\]/);
    await lars.sees(/! .*copy\.txt is there already/);
    expect(await readFile(copy, 'utf8')).toBe(content);
    expect((await kate.end()).code).toBe(0);
    expect((await lars.end()).code).toBe(0);
  },
  PATIENCE_MS,
);

test('without a server it says where there is none, and how to start one', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const lost = await terminal('ivan', '--server', nowhere).end();
  expect(lost.code).toBe(1);
  expect(lost.faults).toStartWith(`No server answers at ${nowhere}. “npm start” starts one`);
});

test(
  'what is sent and not yet taken is sent by the next run',
  async () => {
    const fay = terminal('fay');
    await fay.sees(/No chats yet/);
    const eric = terminal('eric', '--chat', 'fay');
    await eric.sees(/— fay —/);
    await world.killServer();
    await eric.sees(/reconnecting/);
    eric.type('kept for later', '/quit');
    expect((await eric.end()).code).toBe(0);
    await world.startServer();
    const again = terminal('eric');
    await fay.sees(/\[eric\] kept for later/);
    await again.end();
    await fay.end();
  },
  PATIENCE_MS,
);

test('the password is kept for the next time, readable by its user alone', async () => {
  const path = join(world.folder, 'profiles', `127.0.0.1_${world.port}`, 'alice.json');
  const profile = JSON.parse(await readFile(path, 'utf8'));
  expect(profile).toMatchObject({ username: 'alice', isRegistered: true });
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
});

test(
  'a name that is taken, and a wrong password, are said plainly',
  async () => {
    const elsewhere = ['--profile-dir', join(world.folder, 'another-machine')];
    const thief = await terminal('alice', ...elsewhere).end();
    expect(thief.code).toBe(1);
    expect(thief.faults).toContain('Somebody is called alice on this server already');
    const guess = await terminal('alice', ...elsewhere, '--password', 'not it at all').end();
    expect(guess.code).toBe(1);
    expect(guess.faults).toContain('The password of alice is another one');
  },
  PATIENCE_MS,
);
