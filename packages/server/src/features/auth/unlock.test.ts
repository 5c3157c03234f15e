import { expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { Tokens } from './tokens';
import { UnlockSealer } from './unlock';

const unlock = { salt: Buffer.alloc(16, 1), key: Buffer.alloc(32, 2) };

test('what opens an account key comes back for its session, from its server, and not otherwise', () => {
  const sealer = new UnlockSealer('secret');
  const sealed = sealer.seal(7, unlock);
  expect(sealer.open(7, sealed)).toEqual(unlock);
  expect(sealer.open(8, sealed)).toBeNull();
  expect(new UnlockSealer('another').open(7, sealed)).toBeNull();
  expect(sealer.open(7, `${sealed.slice(0, -2)}AA`)).toBeNull();
  expect(sealer.open(7, '')).toBeNull();
  expect(sealed).not.toContain(unlock.key.toString('base64url').slice(0, 20));
});

test('tokens carry it, in few bytes, and those without it are as they were', async () => {
  const clock = new ManualClock();
  const tokens = new Tokens('secret', 600, clock.now);
  const sealed = new UnlockSealer('secret').seal(7, unlock);
  expect(sealed.length).toBeLessThan(120);
  expect((await tokens.verifyAccess(await tokens.access(1, 7, sealed))).unlock).toBe(sealed);
  expect(await tokens.verifyAccess(await tokens.access(1, 7))).not.toHaveProperty('unlock');
  const refresh = tokens.refresh(7, 3, sealed);
  expect(tokens.readRefresh(refresh)).toEqual({ sessionId: 7, generation: 3, unlock: sealed });
  expect(tokens.readRefresh(tokens.refresh(7, 3))).toEqual({ sessionId: 7, generation: 3 });
  expect(() => tokens.readRefresh(`${refresh}.x`)).toThrow();
});
