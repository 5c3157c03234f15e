import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '@confab/protocol';
import { MemoryUploadStore, type UploadStore } from '../media/upload-store';
import { MemoryOutboxStore, type OutboxStore } from '../outbox/entry';
import { MemoryTokenStore, type TokenStore } from '../rest/tokens';
import { MemoryStateStore, type StateStore } from '../store/state-store';
import {
  OUTBOX_RULES,
  outboxEntry,
  STATE_RULES,
  TOKEN_RULES,
  UPLOAD_RULES,
} from '../testing/store-contracts';
import { FileOutboxStore } from './file-outbox-store';
import { FileStateStore } from './file-state-store';
import { FileTokenStore } from './file-token-store';
import { FileUploadStore } from './file-upload-store';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-client-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Tries each store of a kind by the rules of its kind. */
function obey<S>(
  kind: string,
  rules: Readonly<Record<string, (store: S) => Promise<void>>>,
  stores: Readonly<Record<string, () => S>>,
): void {
  for (const [place, make] of Object.entries(stores)) {
    for (const [rule, check] of Object.entries(rules)) {
      test(`${kind} in ${place} ${rule}`, () => check(make()));
    }
  }
}

obey<OutboxStore>('an outbox', OUTBOX_RULES, {
  memory: () => new MemoryOutboxStore(),
  files: () => new FileOutboxStore(join(folder, 'outbox')),
});
obey<StateStore>('a store of chats', STATE_RULES, {
  memory: () => new MemoryStateStore(),
  files: () => new FileStateStore(join(folder, 'chats')),
});
obey<TokenStore>('a store of sessions', TOKEN_RULES, {
  memory: () => new MemoryTokenStore(),
  files: () => new FileTokenStore(join(folder, 'tokens.json')),
});
obey<UploadStore>('a store of uploads', UPLOAD_RULES, {
  memory: () => new MemoryUploadStore(),
  files: () => new FileUploadStore(join(folder, 'uploads')),
});

describe('files', () => {
  test('are for their user alone, and leave nothing half-written', async () => {
    const store = new FileOutboxStore(join(folder, 'outbox'));
    await store.put(outboxEntry(1));
    expect(await readdir(join(folder, 'outbox'))).toEqual(['id-1.json']);
    const { mode } = await stat(join(folder, 'outbox', 'id-1.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(join(folder, 'outbox'))).mode & 0o777).toString(8)).toBe('700');
  });

  test('that were cut short, or belong to nobody, are passed over', async () => {
    const store = new FileOutboxStore(folder);
    await store.put(outboxEntry(1));
    await writeFile(join(folder, 'id-2.json'), '{"client_message_');
    await writeFile(join(folder, '.id-3.json.1.1.tmp'), '{}');
    expect(await store.load()).toEqual([outboxEntry(1)]);
  });

  test('of another version of the program count as none', async () => {
    const store = new FileStateStore(folder);
    await store.save({ user_id: 1 as UserId, epoch: 'one', chats: [], removed: [] });
    await writeFile(join(folder, 'head.json'), '{"version":99,"user_id":1,"epoch":"one"}');
    expect(await store.load()).toBeNull();
  });
});

test('begun uploads that no server has any more leave no file', async () => {
  const store = new FileUploadStore(folder);
  const path = '/api/media/tus/1';
  await store.put({ fingerprint: 'old', path, created_at: 0 });
  await store.put({ fingerprint: 'new', path, created_at: 24 * 3600_000 + 1 });
  expect(await store.get('old')).toBeNull();
  expect(await readdir(folder)).toHaveLength(1);
});
