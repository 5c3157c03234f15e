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

describe.if(ONLY === undefined)('people, devices and faults at random', () => {
  test(
    `break no promise, in the pinned and ${COUNT} more seeds`,
    async () => {
      const { reports, failures } = await runSeeds([...PINNED_SEEDS, ...fresh]);
      expect(failures.join('\n\n')).toBe('');
      expect(reports.length).toBe(PINNED_SEEDS.length + COUNT);
      const changes = reports.reduce((sum, report) => sum + report.revisions, 0);
      expect(changes / reports.length).toBeGreaterThan(10);
    },
    PATIENCE_MS,
  );
});

describe('a seed', () => {
  let template: StoreTemplate;
  beforeAll(async () => {
    template = await StoreTemplate.make();
  });
  afterAll(() => template.drop());

  test.if(ONLY !== undefined)(`${ONLY} breaks no promise`, async () => {
    await simulate(Number(ONLY), template);
  });

  test('always gives the same run', async () => {
    const seed = 11;
    const first = await simulate(seed, template);
    expect(await simulate(seed, template)).toEqual(first);
  });
});
