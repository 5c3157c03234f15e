import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../testing/manual-clock';
import { Scrubber } from './scrubber';

describe('what was erased', () => {
  function scene(answers: (boolean | Error)[]) {
    const clock = new ManualClock();
    const faults: unknown[] = [];
    let runs = 0;
    const scrub = async () => {
      const answer = answers[runs++] ?? true;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const scrubber = new Scrubber({ clock, scrub, onError: (error) => faults.push(error) });
    const pass = async (ms: number) => {
      clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { scrubber, pass, faults, runs: () => runs };
  }

  test('is cleaned away within a minute, however much it was', async () => {
    const { scrubber, pass, runs } = scene([]);
    for (let n = 0; n < 50; n++) scrubber.erased();
    await pass(59_999);
    expect(runs()).toBe(0);
    await pass(1);
    expect(runs()).toBe(1);
    await pass(600_000);
    expect(runs()).toBe(1);
  });

  test('is tried again when somebody was in the way, or something failed', async () => {
    const { scrubber, pass, faults, runs } = scene([false, new Error('no disk')]);
    scrubber.erased();
    for (let n = 0; n < 5; n++) await pass(60_000);
    expect(runs()).toBe(3);
    expect(faults).toHaveLength(1);
  });
});
