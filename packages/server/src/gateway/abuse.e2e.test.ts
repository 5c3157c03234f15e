import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { type TestDatabase, testDatabase } from '../testing/databases';
import { ServerProcess } from '../testing/process';
import { OPCODE, RawSocket } from '../testing/raw-socket';
import { TestUser } from '../testing/user';
import { eventually } from '../testing/waiting';

/** Programs are started, each of which takes its time on a busy machine. */
setDefaultTimeout(60_000);

const MIB = 1024 * 1024;

/** Resident memory of a process, in bytes. */
function memoryOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

describe.skipIf(process.platform !== 'linux')('a server that is abused', () => {
  let files: TestDatabase;
  let server: ServerProcess;
  let url: string;
  let ann: TestUser;
  beforeAll(async () => {
    files = await testDatabase('sqlite');
    const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', ...files.env };
    server = new ServerProcess({ ...env, RATE_LIMITS: 'off' });
    url = await server.url();
    ann = await TestUser.register(() => url, 'ann');
  });
  afterAll(async () => {
    server.kill('SIGKILL');
    await server.exited();
    await files.drop();
  });

  const connections = async () =>
    (await ann.must<{ connections: number }>('GET', '/api/status')).connections;

  /** Everything that costs memory while it lasts, from twenty connections. */
  async function abuse() {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => RawSocket.dial(url, `/ws/${ann.token}`)),
    );
    const frames = ['['.repeat(60_000), '{"type":"ping","x":"y"', 'x'.repeat(65_000)];
    for (const [i, socket] of sockets.entries()) {
      for (let n = 0; n < 6; n++) socket.sendFrame(OPCODE.text, frames[n % 3] as string);
      if (i % 4 === 0) socket.sendFrame(OPCODE.text, 'x'.repeat(2 * MIB));
      if (i % 4 === 1) socket.sendFrame(OPCODE.text, 'x'.repeat(MIB), { claim: 2 * MIB });
      if (i % 4 === 2) socket.sendFrame(OPCODE.text, 'x'.repeat(MIB), { fin: false });
    }
    const body = '['.repeat(500_000);
    await Promise.all(
      Array.from({ length: 20 }, () => ann.call('POST', '/api/sync', body).catch(() => {})),
    );
    for (const socket of sockets) {
      await socket.until(() => socket.frames.length > 0 || socket.ended, 'an answer');
      socket.destroy();
    }
    await eventually(async () => (await connections()) === 0, 'the end of all connections');
  }

  test('has its memory back afterwards, and serves as before', async () => {
    // The first rounds fill what the runtime keeps for later.
    for (let round = 0; round < 2; round++) await abuse();
    const before = memoryOf(server.pid);
    for (let round = 0; round < 3; round++) await abuse();
    await eventually(() => memoryOf(server.pid) < before + 64 * MIB, 'the memory’s return');
    const chat = await ann.direct(ann);
    expect((await ann.send(chat.id, 'as before')).seq).toBe(1);
    const socket = await ann.connect();
    await socket.settled();
    expect(server.output).not.toContain('"level":"error"');
  });
});
