import { expect, spyOn, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import { hashPassword, verifyPassword } from './password';

test('passwords are hashed by Argon2id with at least the parameters that OWASP asks for', async () => {
  const hash = spyOn(Bun.password, 'hash');
  const made = await hashPassword('secret');
  expect(hash).toHaveBeenCalledWith('secret', {
    algorithm: 'argon2id',
    memoryCost: 19_456,
    timeCost: 2,
  });
  expect(made).toStartWith('$argon2id$');
  hash.mockRestore();
});

test('a hash verifies its own password alone, and each hash is another', async () => {
  const [first, second] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
  expect(first).not.toBe(second);
  expect(await verifyPassword('secret', first)).toBe(true);
  expect(await verifyPassword('Secret', first)).toBe(false);
});

test('without an account nothing verifies, and the work is done all the same', async () => {
  const verify = spyOn(Bun.password, 'verify');
  expect(await verifyPassword('no account has this password', undefined)).toBe(false);
  expect(verify).toHaveBeenCalledTimes(1);
  verify.mockRestore();
});

test('at most four hashes run at once, and a full queue refuses', async () => {
  let running = 0;
  let most = 0;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hash = spyOn(Bun.password, 'hash').mockImplementation(async () => {
    most = Math.max(most, ++running);
    await gate;
    running--;
    return 'hash';
  });
  const taken = Array.from({ length: 404 }, () => hashPassword('x'));
  const refused = await hashPassword('x').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfabError);
  expect(refused).toMatchObject({ code: 'overloaded', retryAfterS: 2 });
  release();
  expect(await Promise.all(taken)).toHaveLength(404);
  expect(most).toBe(4);
  hash.mockRestore();
});
