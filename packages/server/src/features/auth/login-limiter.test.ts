import { expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { LoginLimiter } from './login-limiter';

const wrong = async () => false;
const right = async () => true;
const MINUTE = 60_000;

async function afterFive(clock: ManualClock): Promise<LoginLimiter> {
  const limiter = new LoginLimiter(clock.now, true);
  for (let i = 0; i < 5; i++) {
    await limiter.attempt('ann', '::1', wrong);
    clock.advance(MINUTE);
  }
  return limiter;
}

test('the sixth try waits until the first of the last five wrong ones is 15 minutes old', async () => {
  const clock = new ManualClock();
  const limiter = await afterFive(clock);
  const untouched = () => expect.unreachable() as Promise<never>;
  const refused = limiter.attempt('ann', '::1', untouched);
  await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfterS: 10 * 60 });
  clock.advance(10 * MINUTE);
  expect(await limiter.attempt('ann', '::1', wrong)).toBe(false);
  await expect(limiter.attempt('ann', '::1', untouched)).rejects.toMatchObject({
    retryAfterS: 60,
  });
});

test('other accounts and other addresses go on', async () => {
  const limiter = await afterFive(new ManualClock());
  expect(await limiter.attempt('bob', '::1', right)).toBe(true);
  expect(await limiter.attempt('ann', '::2', right)).toBe(true);
});

test('a try that fails for another reason lets the next one have its turn', async () => {
  const limiter = new LoginLimiter(new ManualClock().now, true);
  const broken = limiter.attempt('ann', '::1', () => Promise.reject(new Error('disk')));
  const next = limiter.attempt('ann', '::1', right);
  await expect(broken).rejects.toThrow('disk');
  expect(await next).toBe(true);
});

test('switched off, it counts nothing', async () => {
  const limiter = new LoginLimiter(new ManualClock().now, false);
  for (let i = 0; i < 9; i++) expect(await limiter.attempt('ann', '::1', wrong)).toBe(false);
});
