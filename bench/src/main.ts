import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Bench, createBench, discard, note } from './bench';
import { machineFacts } from './machine';
import { buildNative } from './native';
import { readOptions } from './options';
import { stopEverything } from './processes';
import { report } from './report';
import type { Scenario, Section } from './scenario';
import { share } from './scenario';
import { connectStorm } from './scenarios/connect';
import { direct } from './scenarios/direct';
import { encrypted } from './scenarios/encrypted';
import { history } from './scenarios/history';
import { idle } from './scenarios/idle';
import { largeGroup } from './scenarios/large-group';
import { mediaDownload } from './scenarios/media-download';
import { mediaProcessing } from './scenarios/media-processing';
import { mediaUpload } from './scenarios/media-upload';
import { mixed } from './scenarios/mixed';
import { roomStorm } from './scenarios/room-storm';
import { search } from './scenarios/search';
import { syncStorm } from './scenarios/sync';
import { webApp } from './scenarios/web-app';
import { median } from './statistics';

const scenarios: Scenario[] = [
  roomStorm,
  direct,
  encrypted,
  mixed,
  idle,
  connectStorm,
  syncStorm,
  history,
  search,
  largeGroup,
  mediaDownload,
  mediaUpload,
  mediaProcessing,
  webApp,
];
const folder = resolve(import.meta.dir, '..');
const root = resolve(folder, '..');

function chosen(names: string[]): Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new Error(`no such scenario: ${unknown}`);
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}

function endOnSignals(bench: Bench): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void stopEverything().finally(() => {
        discard(bench);
        process.exit(130);
      });
    });
  }
}

/** This process only waits and asks; it must not do so on the server's core. */
function moveToLoadCore(core: number): void {
  const { exitCode } = Bun.spawnSync(['taskset', '-acp', String(core), String(process.pid)]);
  if (exitCode !== 0)
    throw new Error(`cannot pin to core ${core}: the benchmark needs taskset and two cores`);
}

async function runAll(bench: Bench, list: Scenario[], problems: string[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const scenario of list) {
    note(`${scenario.name}:`);
    try {
      sections.push(await scenario.run(bench));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      note(`  failed: ${text}`);
      problems.push(`${scenario.name}: ${text.split('\n')[0]}`);
    } finally {
      await stopEverything();
    }
  }
  return sections;
}

/** Other programs and other virtual machines: what makes figures worse than they are. */
function disturbance(shares: number[]): string {
  if (shares.length === 0) return 'not measured';
  return `median ${share(median(shares))} of a core, at worst ${share(Math.max(...shares))}`;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const options = readOptions(args, root);
  if (options === undefined) return 0;
  const list = chosen(options.scenarios);
  moveToLoadCore(options.loadCore);
  const bench = createBench(options, buildNative(folder), folder);
  endOnSignals(bench);
  const problems: string[] = [];
  const facts = machineFacts(root, bench.work);
  const sections = await runAll(bench, list, problems);
  facts.push(['taken by others during a run', disturbance(bench.disturbances)]);
  const text = report({
    command: ['npm run bench --', ...args].join(' '),
    date: new Date().toISOString().slice(0, 10),
    rounds: options.rounds,
    facts,
    sections,
    problems,
    notes: readFileSync(`${folder}/notes.md`, 'utf8'),
  });
  console.log(text);
  if (options.out !== undefined) writeFileSync(options.out, text);
  if (problems.length === 0) discard(bench);
  else note(`logs and databases are kept in ${bench.work}`);
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  note(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopEverything();
}
