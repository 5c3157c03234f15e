import { describe, expect, test } from 'bun:test';
import { Gate } from './gate';
import { PieceSize } from './piece-size';

const KIB = 1024;

test('pieces grow while they are quick, and shrink when they are slow or fail', () => {
  const size = new PieceSize();
  expect(size.bytes).toBe(256 * KIB);
  for (let n = 0; n < 9; n++) size.took(100);
  expect(size.bytes).toBe(8 * 1024 * KIB);
  size.took(2_000);
  expect(size.bytes).toBe(8 * 1024 * KIB);
  size.took(5_000);
  expect(size.bytes).toBe(4 * 1024 * KIB);
  for (let n = 0; n < 9; n++) size.failed();
  expect(size.bytes).toBe(256 * KIB);
});

describe('whoever leaves the line', () => {
  /** One who is in until let go, one who leaves, and one behind. */
  function line(leaving: AbortSignal) {
    const gate = new Gate(1);
    const { signal } = new AbortController();
    const inside = Promise.withResolvers<void>();
    const first = gate.use(signal, () => inside.promise);
    const second = gate.use(leaving, async () => 'in').catch((error) => error.code);
    const third = gate.use(signal, async () => 'in');
    return { letGo: inside.resolve, all: () => Promise.all([first, second, third]) };
  }

  test('keeps nobody else out', async () => {
    const controller = new AbortController();
    const { letGo, all } = line(controller.signal);
    controller.abort();
    letGo();
    expect(await all()).toEqual([undefined, 'cancelled', 'in']);
  });

  test('when it was called already calls the next one', async () => {
    const signal = { aborted: false, addEventListener: () => {}, removeEventListener };
    function removeEventListener() {
      signal.aborted = true;
    }
    const { letGo, all } = line(signal as unknown as AbortSignal);
    letGo();
    expect(await all()).toEqual([undefined, 'cancelled', 'in']);
  });
});

test('a failure opens the gate as well', async () => {
  const gate = new Gate(1);
  const { signal } = new AbortController();
  const failing = gate.use(signal, () => Promise.reject(new Error('it broke')));
  await expect(failing).rejects.toThrow('it broke');
  expect(await gate.use(signal, async () => 'in')).toBe('in');
  await expect(gate.use(AbortSignal.abort(), async () => 'in')).rejects.toThrow('given up');
});
