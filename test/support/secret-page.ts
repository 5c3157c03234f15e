import { argon2InWorker, IndexedDbKeyStore, type Kdf } from '@confab/client/e2ee';
import type { ChatId, UserId } from '@confab/protocol';
import { argon2 } from '../../packages/client/src/e2ee/backup/argon2';
import { newRecoveryKey } from '../../packages/client/src/e2ee/backup/recovery-key';
import { generateDevice } from '../../packages/client/src/e2ee/keys/device-keys';
import { KEY_STORE_CONTRACT } from '../../packages/client/src/testing/key-store-contract';
import { SecretPerson } from './secret-person';

/** A page that encrypts: what a test calls in it. */

const KEYS = 'confab-keys';
/** What a page is served as `argon2-worker.js`. */
const inWorker = argon2InWorker(() => new Worker('/argon2-worker.js'));

let person: SecretPerson | null = null;
/** What this device was, one after the other, since its user signed in. */
const states: string[] = [];

function user(): SecretPerson {
  if (!person) throw new Error('Nobody signed in');
  return person;
}

/** What is wrong with the store, by rule. */
async function storeFaults(): Promise<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const [at, [name, rule]] of Object.entries(KEY_STORE_CONTRACT).entries()) {
    await rule(() => new IndexedDbKeyStore(`contract-${at}`)).catch((fault: unknown) => {
      faults[name] = String(fault);
    });
  }
  return faults;
}

async function signIn(url: string, name: string): Promise<UserId> {
  const store = new IndexedDbKeyStore(KEYS);
  person = await SecretPerson.make({ url, name, makeKeys: generateDevice, store, kdf: inWorker });
  states.length = 0;
  person.encryption.on('state', ({ state }) => void states.push(state));
  return person.id;
}

/** A letter for what each value in the database is, and whether a key can be taken out. */
async function lyingThere(): Promise<Record<string, string>> {
  const store = new IndexedDbKeyStore(KEYS);
  const found: Record<string, string> = {};
  for (const name of await store.names('')) found[name] = await kindOf(await store.get(name));
  return found;
}

async function kindOf(value: unknown): Promise<string> {
  if (!(value instanceof CryptoKey)) return Object.keys(value as object).join();
  const exported = crypto.subtle.exportKey('raw', value).then(
    () => 'open',
    () => 'closed',
  );
  return `${value.type} key, ${await exported}`;
}

function wipe(): Promise<void> {
  const request = indexedDB.deleteDatabase(KEYS);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

const KDFS: Readonly<Record<'page' | 'worker', Kdf>> = { page: argon2, worker: inWorker };

/** How long the page stood still at most while a key was derived, and what came of it. */
async function derive(by: 'page' | 'worker') {
  const { secret } = await newRecoveryKey();
  const strength = { salt: 'AAAAAAAAAAAAAAAAAAAAAA', m: 64 * 1024, t: 3 };
  const gap = watchGaps();
  const start = performance.now();
  const { length } = await KDFS[by](secret, strength);
  const took = performance.now() - start;
  return { bytes: length, took, stood: await gap() };
}

/** Answers how to learn the longest pause between two turns of the page's loop, milliseconds. */
function watchGaps(): () => Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let [last, longest] = [performance.now(), 0];
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(null);
  };
  port1.onmessage = turn;
  turn();
  return async () => {
    await new Promise((resolve) => setTimeout(resolve));
    port1.close();
    return longest;
  };
}

const PAGE = {
  storeFaults,
  signIn,
  lyingThere,
  wipe,
  derive,
  start: () => user().encryption.start(),
  setUp: async () => (await user().encryption.setUp('Page')).recoveryKey ?? '',
  recover: (key: string) => user().encryption.recover('Page', { key }),
  openDirect: async (other: UserId) => (await user().encryption.openDirect(other)).id,
  say: async (chat: ChatId, text: string) => void (await user().client.send(chat, text)),
  sees: (chat: ChatId, ...texts: string[]) => user().sees(chat, ...texts),
  search: async (words: string) => (await user().encryption.search(words)).map(({ text }) => text),
  verify: async (other: UserId) => {
    const { contacts } = user().encryption;
    await contacts.verify(other, (await contacts.safetyNumber(other)).digits);
  },
  /** Resolves once this contact is held to be verified here. */
  isVerified: (other: UserId) => user().encryption.contacts.isVerified(other),
  forget: () => user().encryption.forget(),
  states: () => states,
  faults: () => user().faults.map(String),
};

export type SecretPage = typeof PAGE;

declare global {
  var page: SecretPage;
}
globalThis.page = PAGE;
