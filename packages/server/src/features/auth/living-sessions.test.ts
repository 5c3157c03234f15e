import { describe, expect, test } from 'bun:test';
import { LivingSessions } from './living-sessions';
import type { SessionRepository } from './repository';

type Row = { user_id: number; is_active: number } | undefined;

/** A repository whose answers a test gives when it likes. */
function setUp(answer: () => Row | Promise<Row>) {
  let queries = 0;
  const repository = {
    alive: async () => {
      queries++;
      return answer();
    },
  } as unknown as SessionRepository;
  return { living: new LivingSessions(repository), queries: () => queries };
}

const ann: Row = { user_id: 1, is_active: 1 };

describe('living sessions', () => {
  test('are asked for once, until they end', async () => {
    const { living, queries } = setUp(() => ann);
    await living.check(7, 1);
    await living.check(7, 1);
    expect(queries()).toBe(1);
    living.ended(7);
    await expect(living.check(7, 1)).rejects.toMatchObject({ code: 'session_revoked' });
  });

  test('that end while they are asked for are not alive', async () => {
    const answer = Promise.withResolvers<Row>();
    const { living } = setUp(() => answer.promise);
    const checked = living.check(7, 1);
    living.ended(7);
    answer.resolve(ann);
    await expect(checked).rejects.toMatchObject({ code: 'session_revoked' });
  });

  test('of nobody, of somebody else and of a deactivated account are refused', async () => {
    const { living } = setUp(() => undefined);
    await expect(living.check(7, 1)).rejects.toMatchObject({ code: 'session_revoked' });
    const others = setUp(() => ann);
    await expect(others.living.check(7, 2)).rejects.toMatchObject({ code: 'session_revoked' });
    await others.living.check(7, 1);
    await expect(others.living.check(7, 2)).rejects.toMatchObject({ code: 'session_revoked' });
    const inactive = setUp(() => ({ user_id: 1, is_active: 0 }));
    await expect(inactive.living.check(7, 1)).rejects.toMatchObject({ code: 'account_inactive' });
  });
});
