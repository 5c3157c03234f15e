import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatId, UserId } from '@confab/protocol';
import { MemoryOutboxStore, type OutboxEntry, type OutboxStore } from '../outbox/entry';
import { MemoryTokenStore, type TokenStore } from '../rest/tokens';
import { MemoryStateStore, type StateStore, savedChats, toSaved } from '../store/state-store';
import { newChatState } from '../sync/chat-state';
import { FakeChat } from '../testing/fake-chat';
import { FileOutboxStore } from './file-outbox-store';
import { FileStateStore } from './file-state-store';
import { FileTokenStore } from './file-token-store';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-client-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const USER = { id: 1 as UserId, username: 'alice' };

function saved(id: number, epoch = 'one') {
  const chat = new FakeChat(id as ChatId, 'group', `chat ${id}`, [USER], () => 1);
  chat.send(USER.id, 'hello');
  return toSaved(newChatState(chat.chatFor(USER.id)), epoch);
}

function entry(n: number): OutboxEntry {
  return {
    client_message_id: `id-${n}`,
    user_id: USER.id,
    chat_id: 1 as ChatId,
    draft: { content: `message ${n}` },
    created_at: n,
    order: n,
    status: 'queued',
    error: null,
  };
}

const outboxes: Record<string, () => OutboxStore> = {
  memory: () => new MemoryOutboxStore(),
  files: () => new FileOutboxStore(join(folder, 'outbox')),
};
for (const [kind, make] of Object.entries(outboxes)) {
  test(`an outbox in ${kind} keeps entries until they are removed`, async () => {
    const store = make();
    expect(await store.load()).toEqual([]);
    await Promise.all([store.put(entry(1)), store.put(entry(2)), store.put(entry(3))]);
    await store.put({ ...entry(2), status: 'failed' });
    await store.remove('id-1');
    await store.remove('never there');
    const entries = (await store.load()).sort((a, b) => a.order - b.order);
    expect(entries).toEqual([{ ...entry(2), status: 'failed' }, entry(3)]);
  });
}

const states: Record<string, () => StateStore> = {
  memory: () => new MemoryStateStore(),
  files: () => new FileStateStore(join(folder, 'chats')),
};
for (const [kind, make] of Object.entries(states)) {
  test(`chats in ${kind} come back as they were`, async () => {
    const store = make();
    expect(await store.load()).toBeNull();
    const head = { user_id: USER.id, epoch: 'one' };
    await store.save({ ...head, chats: [saved(1), saved(2)], removed: [] });
    await store.save({ ...head, chats: [saved(3)], removed: [2 as ChatId] });
    const loaded = await store.load();
    expect(loaded).toMatchObject(head);
    expect(loaded?.chats.map((c) => c.chat.id).sort()).toEqual([1 as ChatId, 3 as ChatId]);
    expect(loaded?.chats.find((c) => c.chat.id === 1)).toEqual(saved(1));
    await store.clear();
    expect(await store.load()).toBeNull();
  });

  test(`chats in ${kind} of another history than the last one are left out`, async () => {
    const store = make();
    await store.save({ user_id: USER.id, epoch: 'one', chats: [saved(1)], removed: [] });
    await store.save({ user_id: USER.id, epoch: 'two', chats: [saved(2, 'two')], removed: [] });
    const loaded = await store.load();
    expect(loaded && savedChats(loaded).map((state) => state.chat.id)).toEqual([2 as ChatId]);
  });
}

const tokens: Record<string, () => TokenStore> = {
  memory: () => new MemoryTokenStore(),
  files: () => new FileTokenStore(join(folder, 'tokens.json')),
};
for (const [kind, make] of Object.entries(tokens)) {
  test(`a session in ${kind} is kept until it ends`, async () => {
    const store = make();
    const set = { access_token: 'a', refresh_token: 'r', expires_at: 5 };
    expect(await store.load()).toBeNull();
    await store.save(set);
    expect(await store.load()).toEqual(set);
    await store.save(null);
    expect(await store.load()).toBeNull();
  });
}

describe('files', () => {
  test('are for their user alone, and leave nothing half-written', async () => {
    const store = new FileOutboxStore(join(folder, 'outbox'));
    await store.put(entry(1));
    expect(await readdir(join(folder, 'outbox'))).toEqual(['id-1.json']);
    const { mode } = await stat(join(folder, 'outbox', 'id-1.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(join(folder, 'outbox'))).mode & 0o777).toString(8)).toBe('700');
  });

  test('that were cut short, or belong to nobody, are passed over', async () => {
    const store = new FileOutboxStore(folder);
    await store.put(entry(1));
    await writeFile(join(folder, 'id-2.json'), '{"client_message_');
    await writeFile(join(folder, '.id-3.json.1.1.tmp'), '{}');
    expect(await store.load()).toEqual([entry(1)]);
  });

  test('of another version of the program count as none', async () => {
    const store = new FileStateStore(folder);
    await store.save({ user_id: USER.id, epoch: 'one', chats: [], removed: [] });
    await writeFile(join(folder, 'head.json'), '{"version":99,"user_id":1,"epoch":"one"}');
    expect(await store.load()).toBeNull();
  });
});
