import { expect, test } from 'bun:test';
import type { ShownTo } from '../../realtime/bus';
import { PrivacySettings } from './settings';

const shown = (lastSeen: ShownTo['lastSeen'], readReceipts = lastSeen): ShownTo => ({
  lastSeen,
  readReceipts,
});

/** Settings with a database that answers when the test says so. */
function setUp() {
  const stored = new Map<number, ShownTo>();
  let answer = () => {};
  const settings = new PrivacySettings({
    allSettings: () => {
      const rows = [...stored].map(([userId, shownTo]) => ({ userId, ...shownTo }));
      return new Promise((resolve) => {
        answer = () => resolve(rows);
      });
    },
  });
  const change = (userId: number, after: ShownTo) =>
    settings.follow({ kind: 'privacy', userId, before: shown('everyone'), after });
  const load = async () => {
    const loading = settings.load();
    answer();
    await loading;
  };
  return { stored, settings, change, load, answer: () => answer() };
}

const members = (...ids: number[]) => new Map(ids.map((id) => [id, true]));

test('who said nothing shows everything to everyone', async () => {
  const { settings, load } = setUp();
  await load();
  expect(settings.of(1)).toEqual(shown('everyone'));
  expect(settings.areAllOpen).toBe(true);
});

test('a change counts at once, and one back to everything needs no memory', async () => {
  const { settings, change } = setUp();
  change(1, shown('nobody'));
  expect([settings.of(1), settings.areAllOpen]).toEqual([shown('nobody'), false]);
  change(1, shown('everyone'));
  expect(settings.areAllOpen).toBe(true);
});

test('what changes while settings are read is newer than what was read', async () => {
  const { stored, settings, change, answer } = setUp();
  stored.set(1, shown('nobody'));
  stored.set(2, shown('nobody'));
  const loading = settings.load();
  change(1, shown('everyone'));
  change(3, shown('contacts'));
  answer();
  await loading;
  expect([1, 2, 3].map((id) => settings.of(id).lastSeen)).toEqual([
    'everyone',
    'nobody',
    'contacts',
  ]);
});

test('reading them again forgets what is not there any more', async () => {
  const { stored, settings, load } = setUp();
  stored.set(1, shown('nobody'));
  await load();
  stored.clear();
  await load();
  expect(settings.areAllOpen).toBe(true);
});

test('a chat is not read while one of its members hides it, however many hide theirs', () => {
  const { settings, change } = setUp();
  change(7, shown('everyone', 'nobody'));
  for (const group of [members(7, 8), members(1, 2, 3, 7)]) {
    expect(settings.letBeRead('group', group)).toBe(false);
  }
  for (const group of [members(8), members(1, 2, 3, 4)]) {
    expect(settings.letBeRead('group', group)).toBe(true);
  }
  change(7, shown('everyone', 'contacts'));
  expect(settings.letBeRead('group', members(7, 8))).toBe(false);
  expect(settings.letBeRead('direct', members(7, 8))).toBe(true);
});
