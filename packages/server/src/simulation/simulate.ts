import { checkEverything } from './checks/final';
import type { Device } from './devices/device';
import { PlainDevice } from './devices/plain-device';
import { takeOver } from './event-loop';
import type { Sabotage } from './machine/sabotage';
import type { StoreTemplate } from './machine/store';
import type { ModelScheduled } from './model/scheduled-rules';
import { Random } from './random';
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
  /** Durable changes of chats. */
  readonly revisions: number;
  readonly elapsedMs: number;
  /** The same whenever the same seed ran in the same way. */
  readonly digest: number;
}

/** Longer than from one heartbeat to the next. */
const HEARTBEAT_MS = 27_000;
/** Longer than a request may wait for its answer. */
const ANSWERED_MS = 17_000;
/** Longer than it takes to gather, store and tell receipts. */
const SETTLED_MS = 3_000;
const PATIENCE_MS = 240_000;
/** Many short runs find more than few long ones. */
const STEPS = 50;

/**
 * Runs one seed: people and faults at random, then everything is put right, then every promise is
 * checked. @throws Error with the seed and what happened last
 */
export async function simulate(
  seed: number,
  template: StoreTemplate,
  options: SimulationOptions = {},
): Promise<Report> {
  const putBack = takeOver(new Random(`chance ${seed}`));
  const store = template.copy();
  const world = new World(seed, store, options.sabotage);
  try {
    await run(world, options.steps ?? Number(process.env.SIM_STEPS ?? STEPS));
    return {
      seed,
      revisions: world.model.revisions(),
      elapsedMs: world.timeline.elapsed,
      digest: world.trace.digest,
    };
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

/** Until every device is there again and nothing has changed for a while. */
async function settle(world: World): Promise<void> {
  const began = world.timeline.elapsed;
  let changedAt = began;
  let unsettledAt = began;
  let before = 0;
  const afterglowMs = world.random.chance(0.3) ? HEARTBEAT_MS : ANSWERED_MS;
  while (!world.broken) {
    await world.timeline.pass(500, () => Boolean(world.broken));
    const now = world.timeline.elapsed;
    const unsettled = world.devices.filter((device) => !isSettled(world, device));
    const revisions = world.model.revisions();
    const waiting = [...world.model.scheduled.values()].filter(isUnderWay);
    if (revisions !== before || waiting.length > 0) changedAt = now;
    if (unsettled.length > 0) unsettledAt = now;
    before = revisions;
    if (now - changedAt > afterglowMs && now - unsettledAt > SETTLED_MS) return;
    if (now - began < PATIENCE_MS) continue;
    if (waiting.length > 0) world.fail('10', `${waiting.length} scheduled messages still wait`);
    const names = unsettled.map((device) => device.name);
    world.fail('3', `minutes after the last fault these have not recovered: ${names}`);
  }
}

const isUnderWay = ({ status }: ModelScheduled) => status === 'waiting' || status === 'sending';

/** It may think to be connected where it is not. */
function isSettled({ network }: World, device: Device): boolean {
  const isConnected = [...network.links].some((link) => link.owner === device && link.isHealthy);
  return isConnected && device.isSettled();
}
