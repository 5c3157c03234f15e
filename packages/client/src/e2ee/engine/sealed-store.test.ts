import { expect, test } from 'bun:test';
import { MemoryKeyStore } from '../../store/key-store';
import { reasonOf } from '../testing/people';
import { SealedStore } from './sealed-store';

test('what is kept comes back in the next run, and lies there sealed', async () => {
  const below = new MemoryKeyStore();
  await (await SealedStore.open(below)).put('peer/1', { canary: 'CANARY' });
  expect(JSON.stringify(await below.get('peer/1'))).not.toContain('CANARY');
  const next = await SealedStore.open(below);
  expect(await next.get('peer/1')).toEqual({ canary: 'CANARY' });
  expect(await next.get('peer/2')).toBeUndefined();
  expect(await next.names('peer/')).toEqual(['peer/1']);
});

test('the key cannot be taken out of a store that holds keys', async () => {
  const below = new MemoryKeyStore();
  await SealedStore.open(below);
  const key = await below.get('store-key');
  expect(key).toBeInstanceOf(CryptoKey);
  expect((key as CryptoKey).extractable).toBe(false);
});

test('a value that was moved, or sealed elsewhere, is refused', async () => {
  const below = new MemoryKeyStore();
  const store = await SealedStore.open(below);
  await store.put('epochs/1', { key: 'x' });
  await below.put('epochs/2', await below.get('epochs/1'));
  expect(await reasonOf(() => store.get('epochs/2'))).toBe('undecryptable');
  await (await SealedStore.open(new MemoryKeyStore())).put('epochs/1', {});
  await store.clear();
  expect(await store.get('epochs/1')).toBeUndefined();
});
