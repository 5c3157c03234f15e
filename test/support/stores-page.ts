/** Tries the stores of the web app by the rules of all stores, in a page: bundled and loaded by a test. */
import type { OutboxStore, StateStore, TokenStore, UploadStore } from '@confab/client';
import {
  OUTBOX_RULES,
  outboxEntry,
  STATE_RULES,
  savedChat,
  TOKEN_RULES,
  UPLOAD_RULES,
} from '../../packages/client/src/testing/store-contracts';
import { Database } from '../../packages/web/src/storage/database';
import { IdbOutboxStore } from '../../packages/web/src/storage/outbox-store';
import {
  PatientOutboxStore,
  patientStateStore,
  patientUploadStore,
} from '../../packages/web/src/storage/patient-stores';
import { IdbStateStore } from '../../packages/web/src/storage/state-store';
import { LocalTokenStore } from '../../packages/web/src/storage/token-store';
import { IdbUploadStore } from '../../packages/web/src/storage/upload-store';

type Rules<S> = Readonly<Record<string, (store: S) => Promise<void>>>;
type Outcome = Record<string, string>;

const silent = () => {};
let databases = 0;
const fresh = () => new Database(`try-${++databases}`);

/** What a browser answers that lets a page keep nothing. */
class NoDatabase extends Database {
  override open(): Promise<never> {
    return Promise.reject(new DOMException('No', 'SecurityError'));
  }
}

async function outcome<S>(kind: string, rules: Rules<S>, make: () => S): Promise<Outcome> {
  const found: Outcome = {};
  for (const [rule, check] of Object.entries(rules)) {
    found[`${kind} ${rule}`] = await check(make()).then(() => 'kept', String);
  }
  return found;
}

const SHARED: Rules<null> = {
  'of another tab that went on with a newer history take nothing back': async () => {
    const database = fresh();
    const [ahead, behind] = [new IdbStateStore(database), new IdbStateStore(database)];
    const change = { user_id: 1 as never, removed: [] };
    await ahead.save({ ...change, epoch: 'one', chats: [savedChat(1), savedChat(2)] });
    await behind.load();
    await ahead.save({ ...change, epoch: 'two', chats: [savedChat(3, 'two')] });
    await behind.save({ ...change, epoch: 'one', chats: [savedChat(4)] });
    const left = await ahead.load();
    if (left?.epoch !== 'two') throw new Error(`the history is ${left?.epoch}`);
    if (`${left.chats.map(({ chat }) => chat.id)}` !== '3') throw new Error('histories mixed');
  },
  'of another tab that signed out stay cleared': async () => {
    const database = fresh();
    const [one, two] = [new IdbStateStore(database), new IdbStateStore(database)];
    const change = { user_id: 1 as never, epoch: 'one', removed: [] };
    await one.save({ ...change, chats: [savedChat(1)] });
    await two.load();
    await one.clear();
    await two.save({ ...change, chats: [savedChat(2)] });
    if ((await one.load()) !== null) throw new Error('chats came back');
  },
  'of a tab that slept do not replace newer ones': async () => {
    const database = fresh();
    const [one, two] = [new IdbStateStore(database), new IdbStateStore(database)];
    const change = { user_id: 1 as never, epoch: 'one', removed: [] };
    const [old, young] = [savedChat(1), savedChat(1)];
    const newer = { ...young, chat: { ...young.chat, rev: young.chat.rev + 1 } };
    await one.save({ ...change, chats: [newer] });
    await two.load();
    await two.save({ ...change, chats: [old] });
    const rev = (await one.load())?.chats[0]?.chat.rev;
    if (rev !== newer.chat.rev) throw new Error(`rev ${rev} is there`);
  },
};

const OUTBOXES: Rules<null> = {
  'keeps what another tab puts in while it works': async () => {
    const database = fresh();
    const [one, two] = [new IdbOutboxStore(database), new IdbOutboxStore(database)];
    await Promise.all([one.put(outboxEntry(1)), two.put(outboxEntry(2))]);
    await one.remove('id-1');
    const left = (await two.load()).map((entry) => entry.client_message_id);
    if (`${left}` !== 'id-2') throw new Error(`${left} are left`);
  },
  'goes on in memory, and says so, where nothing can be kept': async () => {
    let faults = 0;
    const store = new PatientOutboxStore(new IdbOutboxStore(new NoDatabase()), () => faults++);
    await store.put(outboxEntry(1));
    const [entry] = await store.load();
    if (entry?.client_message_id !== 'id-1' || faults === 0) throw new Error('it is lost');
  },
};

async function tryAll(): Promise<Outcome> {
  const none = new NoDatabase();
  const stores = [
    outcome<OutboxStore>('outbox', OUTBOX_RULES, () => new IdbOutboxStore(fresh())),
    outcome<OutboxStore>('outbox without a disk', OUTBOX_RULES, () => {
      return new PatientOutboxStore(new IdbOutboxStore(none), silent);
    }),
    outcome<StateStore>('chats', STATE_RULES, () => new IdbStateStore(fresh())),
    outcome<TokenStore>('session', TOKEN_RULES, () => new LocalTokenStore()),
    outcome<UploadStore>('uploads', UPLOAD_RULES, () => new IdbUploadStore(fresh())),
    outcome('chats', SHARED, () => null),
    outcome('outbox', OUTBOXES, () => null),
  ];
  const state = patientStateStore(new IdbStateStore(none), silent);
  const uploads = patientUploadStore(new IdbUploadStore(none));
  const without = [await state.load(), await uploads.get('x')];
  const all = Object.assign({}, ...(await Promise.all(stores))) as Outcome;
  return {
    ...all,
    'stores without a disk are empty': `${without}` === ',' ? 'kept' : `${without}`,
  };
}

Object.assign(globalThis, { tryAll });
