import type { Bench } from '../bench';
import { loadCommand, type SyncSummary, summary, who } from '../load';
import { lines, start } from '../processes';
import { interleave } from '../rounds';
import { atMost, figure, type Scenario, type Section } from '../scenario';
import { type Server, spawnConfab, startServer } from '../servers';
import { median } from '../statistics';

const groups = 200;
const behind = 50;

interface Storm extends SyncSummary {
  /** From the spawn of the new server to the last client being current. */
  recovery_ms: number;
}

async function startClients(bench: Bench, server: Server) {
  const seeded = await bench.seeded();
  const command = loadCommand(bench, 'sync', server, {
    ...who(server, seeded, seeded.groups, 1),
    groups,
    'group-size': 10,
    messages: behind,
  });
  return start({
    command,
    core: bench.options.loadCore,
    log: `${bench.work}/load.log`,
    pipe: true,
  });
}

/** Kills without warning; the same command on the same port and storage takes its place. */
async function replace(bench: Bench, killed: Server): Promise<{ next: Server; at: number }> {
  await killed.stop('SIGKILL');
  const at = Date.now();
  const next = await spawnConfab(bench, { storage: `${bench.work}/storage`, port: killed.port });
  return { next, at };
}

async function storm(bench: Bench): Promise<Storm> {
  let server = await startServer(bench, 'confab');
  let restartedAt = 0;
  const clients = await startClients(bench, server);
  for await (const line of lines(clients)) {
    if (line.includes('"event":"behind"')) {
      const replaced = await replace(bench, server);
      server = replaced.next;
      restartedAt = replaced.at;
      continue;
    }
    const result = summary<SyncSummary>(line);
    await server.stop();
    return { ...result, recovery_ms: result.finished_at_ms - restartedAt };
  }
  throw new Error('the clients ended without a summary');
}

async function run(bench: Bench): Promise<Section> {
  const { confab } = await interleave(bench.options.rounds, ['confab'], () => storm(bench));
  const total = (pick: (one: Storm) => number): number =>
    confab.reduce((sum, one) => sum + pick(one), 0);
  const middle = (pick: (one: Storm) => number): number => median(confab.map(pick));
  const recovery = middle((one) => one.recovery_ms);
  const faults = total((one) => one.wrong + one.skipped + one.repeated);
  return {
    title: 'Sync storm',
    about:
      `${figure(groups * 10)} clients in ${groups} groups of 10 miss ${behind} messages of their group. The server is killed with -9 ` +
      'and started again; every client tries again each 50–150 ms until it is let in, sends `sync` with the revs it ' +
      'had, and checks that it gets exactly the missed messages in order. Time runs from the spawn of the process ' +
      'to the last client being current.',
    tables: [
      {
        head: [
          '',
          'all current ms',
          'of it since the first was let in',
          'sync p50 ms',
          'sync p99 ms',
          'refused',
          'faults',
        ],
        rows: [
          [
            'Confab',
            figure(recovery),
            figure(middle((one) => one.spread_ms)),
            figure(middle((one) => one.sync_ms.p50)),
            figure(middle((one) => one.sync_ms.p99)),
            String(total((one) => one.refused)),
            String(faults),
          ],
        ],
      },
    ],
    outcomes: [
      atMost('every client current within 5 s', recovery / 1000, 5, ' s'),
      atMost(
        'none refused',
        total((one) => one.refused),
        0,
      ),
      atMost('order and exactly-once: no fault', faults, 0),
    ],
  };
}

export const syncStorm: Scenario = { name: 'sync', run };
