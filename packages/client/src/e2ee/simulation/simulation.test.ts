import { expect, test } from 'bun:test';
import { Simulation } from './simulate';

/** `E2EE_SEED=123` replays one seed; `E2EE_SEEDS=5000` runs so many of them. */
const ONLY = process.env.E2EE_SEED;
const COUNT = Number(process.env.E2EE_SEEDS ?? 200);
const STEPS = 30;

const seeds =
  ONLY === undefined ? Array.from({ length: COUNT }, (_, at) => at + 1) : [Number(ONLY)];

test('who is entitled reads every message, and nobody else any, whatever is lost on the way', async () => {
  for (const seed of seeds) {
    const simulation = new Simulation(seed);
    await simulation.run(STEPS);
    const faults = await simulation.faults();
    if (ONLY !== undefined) console.log(simulation.trace.join('\n'));
    expect({ seed, faults }).toEqual({ seed, faults: [] });
  }
}, 600_000);
