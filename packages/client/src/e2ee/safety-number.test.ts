import { beforeAll, describe, expect, test } from 'bun:test';
import { generateSigningPair } from './keys/signing';
import { type Identity, matchesScanned, safetyNumber } from './safety-number';
import { reasonOf } from './testing/people';

let alice: Identity;
let bob: Identity;

beforeAll(async () => {
  alice = { user: 12, identityKey: (await generateSigningPair()).publicKey };
  bob = { user: 15, identityKey: (await generateSigningPair()).publicKey };
});

describe('a safety number', () => {
  test('has 60 digits and a code, equal on both sides', async () => {
    const number = await safetyNumber(alice, bob);
    expect(number.digits).toMatch(/^(\d{5} ){11}\d{5}$/);
    expect(await safetyNumber(bob, alice)).toEqual(number);
    expect(await matchesScanned(number.qr, bob, alice)).toBe(true);
  });

  test('is another one when a key is another one', async () => {
    const { qr, digits } = await safetyNumber(alice, bob);
    const impostor = { ...bob, identityKey: (await generateSigningPair()).publicKey };
    expect((await safetyNumber(alice, impostor)).digits).not.toBe(digits);
    expect(await matchesScanned(qr, alice, impostor)).toBe(false);
  });

  test('scanned from something else is told as that', async () => {
    const { qr } = await safetyNumber(alice, bob);
    expect(await reasonOf(() => matchesScanned('https://example.org', alice, bob))).toBe(
      'malformed',
    );
    expect(await reasonOf(() => matchesScanned(qr, alice, { ...bob, user: 16 }))).toBe('misplaced');
  });
});
