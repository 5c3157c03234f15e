import { beforeAll, describe, expect, test } from 'bun:test';
import { Refusal } from '../errors';
import { firstDevice, makePerson, type Person, reasonOf } from '../testing/people';
import { type LogStatement, makeEntry, type SignedEntry } from './entry';
import { emptyLog, extendLog, membershipAt, mustAgree, type VerifiedLog } from './log';
import { roleIn } from './state';

const CHAT = 7;
let people: Map<number, Person>;
const [ALICE, BOB, CAROL, DAVE] = [1, 2, 3, 4] as const;

beforeAll(async () => {
  const all = await Promise.all([ALICE, BOB, CAROL, DAVE].map((user) => makePerson(user)));
  people = new Map(all.map((person) => [person.user, person]));
});

const person = (user: number): Person => people.get(user) as Person;

async function signingKeyOf(user: number, device: string): Promise<string> {
  const found = person(user).devices.find((one) => one.deviceId === device);
  if (!found) throw new Refusal('unknown_device', 'no such device');
  return found.signing.publicKey;
}

function entry(log: VerifiedLog, by: number, statement: LogStatement, changes = {}) {
  const device = firstDevice(person(by));
  const place = {
    chat: CHAT,
    n: log.heads.length,
    prev: log.heads.at(-1) ?? null,
    by,
    device: device.deviceId,
    at: 1,
    ...changes,
  };
  return makeEntry(device.signing.privateKey, place, statement);
}

const group = (...members: [number, 'owner' | 'admin' | 'member'][]): LogStatement => ({
  action: 'create',
  kind: 'group',
  members: members.map(([user, role]) => ({ user, role })),
  share: false,
});

async function logOf(...steps: [number, LogStatement][]): Promise<VerifiedLog> {
  let log = emptyLog(CHAT);
  for (const [by, statement] of steps) {
    log = await extendLog(log, [await entry(log, by, statement)], signingKeyOf);
  }
  return log;
}

const whole: LogStatement = group([ALICE, 'owner'], [BOB, 'admin'], [CAROL, 'member']);
const membersOf = (log: VerifiedLog) => [...(log.states.at(-1)?.members.keys() ?? [])];

describe('a membership log', () => {
  test('tells who belongs to the chat after each entry', async () => {
    const log = await logOf(
      [ALICE, whole],
      [BOB, { action: 'add', user: DAVE, role: 'member' }],
      [CAROL, { action: 'leave' }],
    );
    expect(membersOf(log)).toEqual([ALICE, BOB, DAVE]);
    expect([...membershipAt(log, log.heads[0] ?? '').members.keys()]).toEqual([ALICE, BOB, CAROL]);
    expect(await reasonOf(() => membershipAt(log, 'A'.repeat(43)))).toBe('log_broken');
  });

  test.each([
    ['a member adds', CAROL, { action: 'add', user: DAVE, role: 'member' }, 'not_allowed'],
    ['an admin makes admins', BOB, { action: 'add', user: DAVE, role: 'admin' }, 'not_allowed'],
    ['an admin removes the owner', BOB, { action: 'remove', user: ALICE }, 'not_allowed'],
    ['an admin changes roles', BOB, { action: 'role', user: CAROL, role: 'admin' }, 'not_allowed'],
    [
      'a stranger adds themself',
      DAVE,
      { action: 'add', user: DAVE, role: 'member' },
      'not_a_member',
    ],
    ['somebody is added twice', ALICE, { action: 'add', user: BOB, role: 'member' }, 'not_allowed'],
    ['a stranger is removed', ALICE, { action: 'remove', user: DAVE }, 'not_allowed'],
    [
      'somebody is added as owner',
      ALICE,
      { action: 'add', user: DAVE, role: 'owner' },
      'not_allowed',
    ],
    ['the chat is made again', ALICE, whole, 'log_broken'],
    ['an admin removes a member', BOB, { action: 'remove', user: CAROL }, 'accepted'],
    ['the owner removes an admin', ALICE, { action: 'remove', user: BOB }, 'accepted'],
    ['the owner hands over', ALICE, { action: 'role', user: CAROL, role: 'owner' }, 'accepted'],
  ] as [string, number, LogStatement, string][])('%s: %s', async (_, by, statement, outcome) => {
    expect(await reasonOf(() => logOf([ALICE, whole], [by, statement]))).toBe(outcome);
  });

  test('when the owner leaves, the admin of longest standing counts as owner, then the oldest member', async () => {
    const log = await logOf(
      [ALICE, whole],
      [ALICE, { action: 'leave' }],
      [BOB, { action: 'add', user: DAVE, role: 'admin' }],
      [BOB, { action: 'leave' }],
      [DAVE, { action: 'leave' }],
    );
    const state = membershipAt(log, log.heads.at(-1) ?? '');
    expect(roleIn(state, CAROL)).toBe('owner');
  });

  test('handing ownership over makes the old owner an admin', async () => {
    const log = await logOf(
      [ALICE, whole],
      [ALICE, { action: 'role', user: CAROL, role: 'owner' }],
    );
    const members = log.states.at(-1)?.members;
    expect(members?.get(ALICE)?.role).toBe('admin');
    expect(members?.get(CAROL)?.role).toBe('owner');
  });

  test('a direct chat has its two members for ever', async () => {
    const members = [ALICE, BOB].map((user) => ({ user, role: 'member' as const }));
    const made: LogStatement = { action: 'create', kind: 'direct', members, share: false };
    expect(membersOf(await logOf([ALICE, made]))).toEqual([ALICE, BOB]);
    const third: LogStatement = { action: 'add', user: DAVE, role: 'member' };
    expect(await reasonOf(() => logOf([ALICE, made], [ALICE, third]))).toBe('not_allowed');
  });
});

describe('an entry is refused', () => {
  const add: LogStatement = { action: 'add', user: DAVE, role: 'member' };
  const after = async (change: (log: VerifiedLog) => Promise<SignedEntry>) => {
    const log = await logOf([ALICE, whole]);
    const signed = await change(log);
    return reasonOf(() => extendLog(log, [signed], signingKeyOf));
  };

  test('out of another chat', async () => {
    expect(await after((log) => entry(log, ALICE, add, { chat: 8 }))).toBe('misplaced');
  });

  test('at another place', async () => {
    expect(await after((log) => entry(log, ALICE, add, { n: 2 }))).toBe('log_broken');
    expect(await after((log) => entry(log, ALICE, add, { prev: 'A'.repeat(43) }))).toBe(
      'log_broken',
    );
    expect(await after((log) => entry(log, ALICE, add, { prev: null }))).toBe('log_broken');
  });

  test('changed by the server', async () => {
    const forged = async (log: VerifiedLog) => {
      const signed = await entry(log, ALICE, add);
      return { ...signed, entry: signed.entry.replace('"user":4', '"user":5') };
    };
    expect(await after(forged)).toBe('bad_signature');
  });

  test("in another's name", async () => {
    expect(await after((log) => entry(log, CAROL, add, { by: ALICE }))).toBe('unknown_device');
    const device = firstDevice(person(ALICE)).deviceId;
    expect(await after((log) => entry(log, CAROL, add, { by: ALICE, device }))).toBe(
      'bad_signature',
    );
  });
});

test('a log that is delivered anew with another past is a fork', async () => {
  const first = await entry(emptyLog(CHAT), ALICE, whole);
  const log = await extendLog(emptyLog(CHAT), [first], signingKeyOf);
  await mustAgree(log, [first]);
  const other = await entry(emptyLog(CHAT), ALICE, group([ALICE, 'owner']));
  expect(await reasonOf(() => mustAgree(log, [other]))).toBe('log_forked');
});
