import { checkEverything } from './checks/final';
import { PlainDevice } from './devices/plain-device';
import { takeOver } from './event-loop';
import type { Sabotage } from './machine/sabotage';
import type { StoreTemplate } from './machine/store';
import { Actions } from './workload/actions';
import { Faults } from './workload/faults';
import { World } from './world';

export interface SimulationOptions {
  readonly sabotage?: Sabotage;
  /** How many things happen before all is put right. */
  readonly steps?: number;
}

export interface Report {
  readonly seed: number;
  readonly commits: number;
  readonly elapsedMs: number;
}

/** Longer than from one heartbeat to the next. */
const AFTERGLOW_MS = 40_000;
const PATIENCE_MS = 240_000;

/**
 * Runs one seed: people and faults at random, then everything is put right, then every promise is
 * checked. @throws Error with the seed and what happened last
 */
export async function simulate(
  seed: number,
  template: StoreTemplate,
  options: SimulationOptions = {},
): Promise<Report> {
  const putBack = takeOver();
  const store = template.copy();
  const world = new World(seed, store, options.sabotage);
  try {
    await run(world, options.steps ?? 140);
    const commits = [...world.model.chats.values()].reduce((sum, chat) => sum + chat.rev, 0);
    return { seed, commits, elapsedMs: world.timeline.elapsed };
  } catch (error) {
    throw explained(seed, world, error);
  } finally {
    world.machine?.crash();
    putBack();
    store.drop();
  }
}

function explained(seed: number, world: World, error: unknown): Error {
  const cause = world.broken ?? error;
  const what = cause instanceof Error ? `${cause.message}` : String(cause);
  const again = `SIM_SEED=${seed} bun test packages/server/src/simulation`;
  return new Error(
    `seed ${seed}: ${what}\n${world.trace.tail(Number(process.env.SIM_TRACE ?? 80))}\nRun it again: ${again}`,
    {
      cause,
    },
  );
}

async function run(world: World, steps: number): Promise<void> {
  const isBroken = () => world.broken !== undefined;
  await waitFor(world, world.boot());
  await waitFor(world, world.populate());
  for (const device of world.devices) device.start();
  const faults = new Faults(world);
  await churn(world, faults, steps);
  if (!isBroken()) {
    await faults.heal();
    await settle(world);
    for (const device of world.devices) if (device instanceof PlainDevice) device.sync();
    await world.timeline.pass(2000);
    await waitFor(world, checkEverything(world));
  }
  if (world.broken) throw world.broken;
}

/** Lets time pass until something of the simulation's own is done. */
async function waitFor(world: World, work: Promise<unknown>): Promise<void> {
  let done = false;
  let failure: unknown;
  work.then(
    () => {
      done = true;
    },
    (error) => {
      failure = error ?? 'failed';
      done = true;
    },
  );
  await world.timeline.pass(60_000, () => done);
  if (failure) throw failure;
  if (!done) throw new Error('the simulation itself hangs');
}

async function churn(world: World, faults: Faults, steps: number): Promise<void> {
  const actions = new Actions(world);
  const pace = world.random.fork('pace');
  const calm = pace.between(20, 400);
  for (let step = 0; step < steps && !world.broken; step++) {
    if (pace.chance(0.1)) faults.next();
    else actions.next();
    await world.timeline.pass(pace.between(0, pace.chance(0.1) ? calm * 8 : calm), () =>
      Boolean(world.broken),
    );
    world.network.sweep();
  }
}

/** Until every device is there again and has nothing left to do, a heartbeat later at the least. */
async function settle(world: World): Promise<void> {
  const began = world.timeline.elapsed;
  while (!world.broken) {
    await world.timeline.pass(500, () => Boolean(world.broken));
    const took = world.timeline.elapsed - began;
    const unsettled = world.devices.filter((device) => !device.isSettled());
    if (unsettled.length === 0 && took > AFTERGLOW_MS) return;
    if (took < PATIENCE_MS) continue;
    const names = unsettled.map((device) => device.name);
    world.fail('3', `minutes after the last fault these have not recovered: ${names}`);
  }
}
