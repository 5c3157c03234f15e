import { expect, test } from 'bun:test';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { withTurn } from '../../../lib/password';
import { fingerprintOf, readPublicKey } from '../../../lib/rsa-public-key';
import { eventually } from '../../../testing/waiting';
import { generateKeyPair, type KeyPair, KeyPool } from './key-pool';
import { newSalt, openKey, sealKey, type Unlock, unlockOf } from './sealing';

const pairOf = (n: number): KeyPair => ({
  publicKey: `${n}`,
  keyId: `${n}`,
  pkcs8: new Uint8Array(),
});

test('a key pair has 3072 bits, fits together and is known by its id', async () => {
  const { publicKey, keyId, pkcs8 } = await generateKeyPair();
  expect(createPublicKey(publicKey).asymmetricKeyDetails).toMatchObject({
    modulusLength: 3072,
    publicExponent: 65_537n,
  });
  const own = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  expect(createPublicKey(own).export({ type: 'spki', format: 'pem' })).toBe(publicKey);
  expect((await readPublicKey(publicKey)).keyId).toBe(keyId);
  expect(fingerprintOf(keyId)).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
});

test('the loop turns while a key is made', async () => {
  let turns = 0;
  const turning = setInterval(() => turns++);
  await generateKeyPair();
  clearInterval(turning);
  expect(turns).toBeGreaterThan(0);
});

test('the pool makes one after the other, never more than it keeps, and none once stopped', async () => {
  let made = 0;
  const waiting: (() => void)[] = [];
  const pool = new KeyPool({
    size: 2,
    onError: (error) => expect(error).toBeUndefined(),
    generate: () => new Promise((resolve) => waiting.push(() => resolve(pairOf(++made)))),
  });
  const finish = async (ready: number) => {
    expect(waiting).toHaveLength(1);
    waiting.shift()?.();
    await eventually(() => pool.ready === ready, `${ready} ready`);
  };
  expect(pool.take()).toBeUndefined();
  pool.fill();
  await finish(1);
  await finish(2);
  expect(waiting).toHaveLength(0);
  expect(pool.take()?.keyId).toBe('1');
  await finish(2);
  const [second, third, fourth] = [pool.take(), pool.take(), pool.next()];
  expect([second?.keyId, third?.keyId]).toEqual(['2', '3']);
  const fifth = pool.next();
  expect(waiting).toHaveLength(1);
  waiting.shift()?.();
  expect((await fourth).keyId).toBe('4');
  expect(waiting).toHaveLength(1);
  waiting.shift()?.();
  expect((await fifth).keyId).toBe('5');
  await eventually(() => waiting.length === 1, 'The next for the pool');
  pool.stop();
  waiting.shift()?.();
  await new Promise(setImmediate);
  expect(waiting).toHaveLength(0);
});

test('the pool goes on after a failure, once it is asked again', async () => {
  let fails = true;
  const errors: unknown[] = [];
  const pool = new KeyPool({
    size: 1,
    onError: (error) => errors.push(error),
    generate: async () => {
      if (fails) throw new Error('No luck');
      return pairOf(1);
    },
  });
  pool.fill();
  await eventually(() => errors.length === 1, 'The failure');
  fails = false;
  expect(pool.take()).toBeUndefined();
  await eventually(() => pool.ready === 1, 'A pair');
  fails = true;
  expect((await pool.next()).keyId).toBe('1');
  await expect(pool.next()).rejects.toThrow('No luck');
});

test('the pool lets only so many wait', async () => {
  const pool = new KeyPool({ size: 0, onError: () => {}, generate: () => new Promise(() => {}) });
  for (let i = 0; i < 1_000; i++) void pool.next();
  await expect(pool.next()).rejects.toMatchObject({ code: 'overloaded' });
  pool.stop();
});

test('a private key opens with the password that sealed it, for its user, and not otherwise', async () => {
  const pkcs8 = new TextEncoder().encode('a private key');
  const salt = newSalt();
  const unlock = await unlockOf('correct horse', salt, '192.0.2.1');
  const sealed = sealKey(unlock, 7, pkcs8);
  expect(openKey(await unlockOf('correct horse', salt, '192.0.2.1'), 7, sealed)).toEqual(
    Buffer.from(pkcs8),
  );
  const others: [Unlock, number, string][] = [
    [await unlockOf('wrong horse', salt, '192.0.2.1'), 7, sealed],
    [await unlockOf('correct horse', newSalt(), '192.0.2.1'), 7, sealed],
    [unlock, 8, sealed],
    [unlock, 7, sealed.slice(0, -4)],
    [unlock, 7, ''],
  ];
  for (const [other, userId, text] of others) expect(openKey(other, userId, text)).toBeNull();
});

test('unlocking takes turns by address, so that a flood from one holds nobody else up', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const held = gates.map((gate) => withTurn(() => gate.promise));
  const done: string[] = [];
  const unlock = (ip: string) =>
    unlockOf('correct horse', newSalt(), ip).then(() => void done.push(ip));
  const flood = [1, 2, 3, 4].map(() => unlock('192.0.2.1'));
  const other = unlock('192.0.2.2');
  // One turn is free: what waits is done one after the other.
  gates[0]?.resolve();
  await other;
  expect(done).toEqual(['192.0.2.1', '192.0.2.2']);
  for (const gate of gates) gate.resolve();
  await Promise.all([...held, ...flood]);
});
