import type { KeyStore } from '../store/key-store';

/** What every key store does. It needs no test runner, so that it runs in pages too. */
export type KeyStoreRule = (open: () => KeyStore) => Promise<void>;

/** By what they demand. `open` opens the same store each time, as another run of the program does. */
export const KEY_STORE_CONTRACT: Readonly<Record<string, KeyStoreRule>> = {
  'what is put is there in the next run, under names of any kind': async (open) => {
    const store = open();
    mustBe(await store.names(''), []);
    await store.put('epochs/7', { key: 'x' });
    await store.put('a/../../../evil', 'stays inside');
    await store.put('größe \u{1f511}', [1, null]);
    const next = open();
    mustBe(await next.get('epochs/7'), { key: 'x' });
    mustBe(await next.get('größe \u{1f511}'), [1, null]);
    mustBe(await next.names(''), ['a/../../../evil', 'epochs/7', 'größe \u{1f511}']);
  },
  'names are found by how they begin': async (open) => {
    const store = open();
    for (const name of ['log/1', 'epochs/2', 'epochs/10', 'epochs', 'f']) await store.put(name, 1);
    mustBe(await store.names('epochs/'), ['epochs/10', 'epochs/2']);
    mustBe(await store.names('none'), []);
  },
  'what is put again replaces what was there': async (open) => {
    const store = open();
    await store.put('one', { first: 1 });
    await store.put('one', { second: 2 });
    mustBe(await open().get('one'), { second: 2 });
  },
  'what is removed, or was never there, is not there': async (open) => {
    const store = open();
    await store.put('one', 1);
    await store.remove('one');
    await store.remove('never');
    mustBe(await open().get('one'), undefined);
    mustBe(await open().get('never'), undefined);
  },
  'clear leaves nothing, and what is put afterwards is kept': async (open) => {
    const store = open();
    await store.put('one', 1);
    await store.clear();
    mustBe(await open().names(''), []);
    await store.put('two', 2);
    mustBe(await open().names(''), ['two']);
  },
  'a key that cannot be exported is kept so, where keys are kept at all': async (open) => {
    const store = open();
    if (!store.holdsCryptoKeys) return;
    const usages: KeyUsage[] = ['encrypt', 'decrypt'];
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages);
    await store.put('key', key);
    const kept = await open().get('key');
    if (!(kept instanceof CryptoKey)) throw new Error(`${String(kept)} is no key`);
    const exported = await crypto.subtle.exportKey('raw', kept).then(
      () => 'exported',
      (error: Error) => error.name,
    );
    mustBe(exported, 'InvalidAccessError');
  },
  'what runs exclusively runs one after the other, whatever fails': async (open) => {
    const store = open();
    const add = (value: string) =>
      store.exclusively('list', async () => {
        const before = (await store.get('list')) as string[] | undefined;
        await store.put('list', [...(before ?? []), value]);
        if (value === 'b') throw new Error('b fails');
      });
    const done = await Promise.allSettled(['a', 'b', 'c', 'd'].map(add));
    mustBe(
      done.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    mustBe(await open().get('list'), ['a', 'b', 'c', 'd']);
  },
};

function mustBe(found: unknown, expected: unknown): void {
  const [is, should] = [found, expected].map((value) => JSON.stringify(value));
  if (is !== should) throw new Error(`${is} is not ${should}`);
}
