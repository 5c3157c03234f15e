import { toBase64Url, utf8 } from '../../packages/client/src/e2ee/encoding';
import { sign } from '../../packages/client/src/e2ee/keys/signing';
import {
  type LogStatement,
  makeEntry,
  readEntry,
  type SignedEntry,
} from '../../packages/client/src/e2ee/membership/entry';
import {
  emptyLog,
  extendLog,
  type VerifiedLog,
} from '../../packages/client/src/e2ee/membership/log';
import { firstDevice, type Person } from '../../packages/client/src/e2ee/testing/people';
import { ALICE, AT, BOB, CAROL, type Cast, CHAT, flipped, randomBytes } from './cast';

const DIRECT_CHAT = 8;

const created = {
  action: 'create',
  kind: 'group',
  members: [
    { user: ALICE, role: 'owner' },
    { user: BOB, role: 'member' },
  ],
  share: true,
} satisfies LogStatement;

/** A log that is being written. */
export class Writer {
  readonly entries: SignedEntry[] = [];
  log: VerifiedLog;

  constructor(
    readonly cast: Cast,
    chat: number,
  ) {
    this.log = emptyLog(chat);
  }

  /** An entry for the end of the log, not in it yet; `change` falsifies where it stands. */
  make(by: Person, statement: LogStatement, change: object = {}): Promise<SignedEntry> {
    const { deviceId, signing } = firstDevice(by);
    const { chat, heads } = this.log;
    const place = { chat, n: heads.length, prev: heads.at(-1) ?? null };
    const whole = { ...place, by: by.user, device: deviceId, at: AT + heads.length, ...change };
    return makeEntry(signing.privateKey, whole, statement);
  }

  async write(by: Person, statement: LogStatement): Promise<void> {
    const entry = await this.make(by, statement);
    this.log = await extendLog(this.log, [entry], (user, device) => this.#signingKey(user, device));
    this.entries.push(entry);
  }

  async refused(name: string, made: Promise<SignedEntry>, reason: string): Promise<object> {
    return { name, after: this.entries.length, ...(await made), reason };
  }

  async #signingKey(user: number, device: string): Promise<string> {
    const people = Object.values(this.cast) as Person[];
    const devices = people.find((one) => one.user === user)?.devices ?? [];
    return devices.find((one) => one.deviceId === device)?.signing.publicKey ?? '';
  }

  vectors(refused: object[]): object {
    const { chat, heads, states } = this.log;
    const members = states.map((state) =>
      [...state.members].map(([user, { role }]) => ({ user, role })),
    );
    return { chat, log: this.entries, heads, members, refused };
  }
}

/** The group in which everything else of the vectors happens, before anybody else came or went. */
export async function groupLog(cast: Cast): Promise<Writer> {
  const writer = new Writer(cast, CHAT);
  await writer.write(cast.alice, created);
  return writer;
}

export async function membershipVectors(cast: Cast, group: Writer): Promise<object> {
  const refused = [
    ...(await refusedAtFirst(cast)),
    ...(await refusedForms(cast, group)),
    ...(await refusedRights(cast, group)),
  ];
  const { alice, bob } = cast;
  await group.write(alice, { action: 'add', user: CAROL, role: 'member' });
  await group.write(alice, { action: 'role', user: BOB, role: 'admin' });
  refused.push(
    await group.refused(
      'an admin removes the owner',
      group.make(bob, { action: 'remove', user: ALICE }),
      'not_allowed',
    ),
    await group.refused(
      'somebody is added twice',
      group.make(alice, { action: 'add', user: CAROL, role: 'member' }),
      'not_allowed',
    ),
  );
  await group.write(bob, { action: 'remove', user: CAROL });
  await group.write(alice, { action: 'leave' });
  await group.write(bob, { action: 'add', user: CAROL, role: 'admin' });
  await group.write(bob, { action: 'role', user: CAROL, role: 'owner' });
  return { logs: [group.vectors(refused), await directLog(cast)] };
}

async function refusedAtFirst(cast: Cast): Promise<object[]> {
  const empty = new Writer(cast, CHAT);
  const twoOwners: LogStatement = {
    ...created,
    members: [ALICE, BOB].map((user) => ({ user, role: 'owner' as const })),
  };
  const add: LogStatement = { action: 'add', user: BOB, role: 'member' };
  return [
    await empty.refused('two owners', empty.make(cast.alice, twoOwners), 'not_allowed'),
    await empty.refused('made by no owner', empty.make(cast.bob, created), 'not_allowed'),
    await empty.refused('no beginning', empty.make(cast.alice, add), 'log_broken'),
  ];
}

async function refusedForms({ alice, bob }: Cast, group: Writer): Promise<object[]> {
  const add: LogStatement = { action: 'add', user: CAROL, role: 'member' };
  const { entry, sig } = await group.make(alice, add);
  const resigned = async (key: CryptoKey, domain: 'member' | 'msg', text = entry) => ({
    entry: text,
    sig: await sign(key, domain, utf8(text)),
  });
  const [own, other] = [alice, bob].map((one) => firstDevice(one).signing.privateKey);
  if (!own || !other) throw new Error('no devices');
  const newer = JSON.stringify({ ...readEntry(entry), v: 2 });
  const prev = flipped(group.log.heads.at(-1) ?? '');
  const stranger = toBase64Url(randomBytes(16));
  const cases: [string, Promise<SignedEntry>, string][] = [
    ['of another chat', group.make(alice, add, { chat: DIRECT_CHAT }), 'misplaced'],
    ['after another entry', group.make(alice, add, { prev }), 'log_broken'],
    ['in another place', group.make(alice, add, { n: 2 }), 'log_broken'],
    ['a turned bit', Promise.resolve({ entry, sig: flipped(sig) }), 'bad_signature'],
    ['signed by another device', resigned(other, 'member'), 'bad_signature'],
    ['signed for another purpose', resigned(own, 'msg'), 'bad_signature'],
    ['of a device on no list', group.make(alice, add, { device: stranger }), 'unknown_device'],
    ['a newer format', resigned(own, 'member', newer), 'unsupported_version'],
  ];
  return Promise.all(cases.map(([name, made, reason]) => group.refused(name, made, reason)));
}

async function refusedRights({ alice, bob, carol }: Cast, group: Writer): Promise<object[]> {
  const add: LogStatement = { action: 'add', user: CAROL, role: 'member' };
  const cases: [string, Promise<SignedEntry>, string][] = [
    ['somebody lets herself in', group.make(carol, add), 'not_a_member'],
    ['a member adds somebody', group.make(bob, add), 'not_allowed'],
    ['a second beginning', group.make(alice, created), 'log_broken'],
    [
      'a second owner is added',
      group.make(alice, { action: 'add', user: CAROL, role: 'owner' }),
      'not_allowed',
    ],
    [
      'a member makes himself an admin',
      group.make(bob, { action: 'role', user: BOB, role: 'admin' }),
      'not_allowed',
    ],
    [
      'the owner removes herself',
      group.make(alice, { action: 'remove', user: ALICE }),
      'not_allowed',
    ],
  ];
  return Promise.all(cases.map(([name, made, reason]) => group.refused(name, made, reason)));
}

async function directLog(cast: Cast): Promise<object> {
  const direct = new Writer(cast, DIRECT_CHAT);
  const members = [ALICE, BOB].map((user) => ({ user, role: 'member' as const }));
  await direct.write(cast.alice, { action: 'create', kind: 'direct', members, share: false });
  const add: LogStatement = { action: 'add', user: CAROL, role: 'member' };
  return direct.vectors([
    await direct.refused('a third in a direct chat', direct.make(cast.alice, add), 'not_allowed'),
  ]);
}
