import { expect, test } from 'bun:test';
import { MemoryKeyStore } from '../../store/key-store';
import { LocalSearch } from './local-search';
import type { OpenedRecord } from './opened';
import { SealedOpenedStore } from './opened-store';
import { SealedStore } from './sealed-store';

const record = (id: number, text: string): OpenedRecord => ({
  id,
  seq: id,
  from: 1,
  clientMessageId: `m${id}`,
  version: `v${id}`,
  superseded: [],
  epoch: 1,
  marks: [],
  replyTo: null,
  outcome: {
    state: 'opened',
    body: { kind: 'message', text, content_type: 'text', mentions: [], media: [] },
  },
});

async function withMessages() {
  const store = new SealedOpenedStore(await SealedStore.open(new MemoryKeyStore()));
  await store.put(7, [record(1, 'The blue whale'), record(2, 'Whales sing')]);
  await store.put(8, [record(3, 'A whale of a time'), record(4, '東京で会いましょう')]);
  return new LocalSearch(store);
}

const ids = async (search: LocalSearch, ...query: Parameters<LocalSearch['search']>) =>
  (await search.search(...query)).map((hit) => hit.message_id);

test('finds words, beginnings of words and characters, the newest first', async () => {
  const search = await withMessages();
  expect(await ids(search, 'WHALE')).toEqual([3, 2, 1]);
  expect(await ids(search, 'whale', 7)).toEqual([2, 1]);
  expect(await ids(search, 'blue wha')).toEqual([1]);
  expect(await ids(search, '京')).toEqual([4]);
  expect(await ids(search, 'nothing')).toEqual([]);
  expect(await ids(search, '')).toEqual([]);
});

test('follows edits and deletions', async () => {
  const search = await withMessages();
  expect(await ids(search, 'blue')).toEqual([1]);
  search.update(7, record(1, 'The grey whale'));
  search.update(7, record(5, 'A blue moon'));
  expect(await ids(search, 'blue')).toEqual([5]);
  search.remove(5);
  expect(await ids(search, 'blue')).toEqual([]);
});
