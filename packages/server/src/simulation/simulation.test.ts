import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { StoreTemplate } from './machine/store';
import { runSeeds } from './run-seeds';
import { FIRST_SEED, PINNED_SEEDS } from './seeds';
import { simulate } from './simulate';

/** `SIM_SEED=123` replays one seed; `SIM_SEEDS=20000` runs so many of them. */
const ONLY = process.env.SIM_SEED;
const COUNT = Number(process.env.SIM_SEEDS ?? 1000);
const PATIENCE_MS = 60_000 + COUNT * 2000;

const fresh = Array.from({ length: COUNT }, (_, i) => FIRST_SEED + i);

const seeds = ONLY === undefined ? [...PINNED_SEEDS, ...fresh] : [Number(ONLY)];

test(
  `people, devices and faults at random break no promise, in ${seeds.length} seeds`,
  async () => {
    const { reports, failures } = await runSeeds(seeds);
    expect(failures.join('\n\n')).toBe('');
    expect(reports.length).toBe(seeds.length);
    const changes = reports.reduce((sum, report) => sum + report.revisions, 0);
    expect(changes / reports.length).toBeGreaterThan(5);
  },
  PATIENCE_MS,
);

describe('a seed', () => {
  let template: StoreTemplate;
  beforeAll(async () => {
    template = await StoreTemplate.make();
  });
  afterAll(() => template.drop());

  test('always gives the same run', async () => {
    const seed = 11;
    const first = await simulate(seed, template);
    expect(await simulate(seed, template)).toEqual(first);
  });
});
