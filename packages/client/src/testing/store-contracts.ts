import type { ChatId, UserId } from '@confab/protocol';
import type { UploadStore } from '../media/upload-store';
import type { OutboxEntry, OutboxStore } from '../outbox/entry';
import type { TokenStore } from '../rest/tokens';
import { type SavedChat, type StateStore, savedChats, toSaved } from '../store/state-store';
import { newChatState } from '../sync/chat-state';
import { FakeChat } from './fake-chat';

/**
 * What every store of a kind has to do, by rule. Needs no test runner: the stores of browsers are
 * tried in a page.
 */
type Rules<S> = Readonly<Record<string, (store: S) => Promise<void>>>;

/** @throws Error when two things differ in anything that JSON tells */
function same(found: unknown, wanted: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== should) throw new Error(`is ${is} and should be ${should}`);
}

const USER = { id: 1 as UserId, username: 'alice' };

export function savedChat(id: number, epoch = 'one'): SavedChat {
  const chat = new FakeChat(id as ChatId, 'group', `chat ${id}`, [USER], () => 1);
  chat.send(USER.id, 'hello');
  return toSaved(newChatState(chat.chatFor(USER.id)), epoch);
}

export function outboxEntry(n: number): OutboxEntry {
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

const idsOf = (chats: readonly { readonly chat: { readonly id: ChatId } }[] = []) =>
  chats.map(({ chat }) => chat.id).sort((a, b) => a - b);

export const OUTBOX_RULES: Rules<OutboxStore> = {
  'keeps entries until they are removed': async (store) => {
    same(await store.load(), []);
    await Promise.all([1, 2, 3].map((n) => store.put(outboxEntry(n))));
    const failed = { ...outboxEntry(2), status: 'failed' as const };
    await store.put(failed);
    await store.remove('id-1');
    await store.remove('never there');
    const entries = (await store.load()).sort((a, b) => a.order - b.order);
    same(entries, [failed, outboxEntry(3)]);
  },
};

export const STATE_RULES: Rules<StateStore> = {
  'gives chats back as they were': async (store) => {
    same(await store.load(), null);
    const head = { user_id: USER.id, epoch: 'one' };
    await store.save({ ...head, chats: [savedChat(1), savedChat(2)], removed: [] });
    await store.save({ ...head, chats: [savedChat(3)], removed: [2 as ChatId] });
    const loaded = await store.load();
    same([loaded?.user_id, loaded?.epoch, idsOf(loaded?.chats)], [1, 'one', [1, 3]]);
    same(
      loaded?.chats.find(({ chat }) => chat.id === 1),
      savedChat(1),
    );
    await store.clear();
    same(await store.load(), null);
  },
  'leaves out chats of another history than the last one': async (store) => {
    const change = { user_id: USER.id, removed: [] };
    await store.save({ ...change, epoch: 'one', chats: [savedChat(1)] });
    await store.save({ ...change, epoch: 'two', chats: [savedChat(2, 'two')] });
    const loaded = await store.load();
    same(idsOf(loaded ? savedChats(loaded) : []), [2]);
  },
};

export const TOKEN_RULES: Rules<TokenStore> = {
  'keeps a session until it ends': async (store) => {
    const set = { access_token: 'a', refresh_token: 'r', expires_at: 5 };
    same(await store.load(), null);
    await store.save(set);
    same(await store.load(), set);
    await store.save(null);
    same(await store.load(), null);
  },
};

export const UPLOAD_RULES: Rules<UploadStore> = {
  'keeps begun uploads until they are removed': async (store) => {
    const begun = { fingerprint: '["a/../b"]', path: '/api/media/tus/1', created_at: 5 };
    const moved = { ...begun, path: '/api/media/tus/2' };
    same(await store.get(begun.fingerprint), null);
    await store.put(begun);
    await store.put({ ...begun, fingerprint: 'another' });
    await store.put(moved);
    same(await store.get(begun.fingerprint), moved);
    await store.remove(begun.fingerprint);
    same(await store.get(begun.fingerprint), null);
    same((await store.get('another'))?.path, begun.path);
  },
};
