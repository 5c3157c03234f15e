import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { Silences } from './silences';

function setUp() {
  const clock = new ManualClock();
  const asked: number[] = [];
  const noted: string[] = [];
  const errors: unknown[] = [];
  const world = { fails: false };
  const silences = new Silences({
    clock,
    reachable: async (userIds) => {
      asked.push(userIds.length);
      if (world.fails) throw new Error('No connection');
      return new Set(userIds.filter((id) => id % 2 === 0));
    },
    note: (userId, reason) => void noted.push(`${userId}: ${reason}`),
    onError: (error) => void errors.push(error),
  });
  return { clock, asked, noted, errors, world, silences };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('reasons for silence', () => {
  test('are looked into a hundred users a second, whatever a large group brings', async () => {
    const { clock, asked, noted, silences } = setUp();
    for (let id = 1; id <= 250; id++) silences.add(id, 7, 'muted');
    expect(asked).toEqual([]);
    for (const [second, users] of [100, 100, 50].entries()) {
      clock.advance(1_000);
      await turn();
      expect(asked).toHaveLength(second + 1);
      expect(asked.at(-1)).toBe(users);
    }
    expect(noted).toHaveLength(125);
    expect(clock.dueIn()).toEqual([]);
  });

  test('that find no room are left out, and come up with a later message', async () => {
    const { asked, silences } = setUp();
    for (let id = 1; id <= 5_000; id++) silences.add(id, 7, 'muted');
    await silences.flush();
    expect(asked).toHaveLength(10);
    for (let id = 1; id <= 5_000; id++) silences.add(id, 7, 'muted');
    await silences.flush();
    expect(asked).toHaveLength(20);
  });

  test('name the chat, and are repeated after a minute', async () => {
    const { clock, noted, silences } = setUp();
    silences.add(2, 7, 'muted');
    silences.add(2, 8, 'muted');
    silences.add(2, 8, 'quiet');
    clock.advance(60_000);
    silences.add(2, 8, 'muted');
    await silences.flush();
    expect(noted).toEqual([
      '2: they muted chat 7',
      '2: it was in their quiet hours (chat 8)',
      '2: they muted chat 8',
    ]);
  });

  test('are lost while the database is away, and no more than that', async () => {
    const { noted, errors, world, silences } = setUp();
    world.fails = true;
    silences.add(2, 7, 'muted');
    await silences.flush();
    expect(errors).toHaveLength(1);
    world.fails = false;
    silences.add(4, 7, 'muted');
    await silences.flush();
    expect(noted).toEqual(['4: they muted chat 7']);
  });
});
