import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ShownTo } from '../../realtime/bus';
import { Blocks } from './blocks';
import { OPEN } from './rules';
import { PrivacySettings } from './settings';
import { Visibility } from './visibility';

const USERS = [1, 2, 3, 4] as const;
const AUDIENCES = ['everyone', 'contacts', 'nobody'] as const;
const user = fc.constantFrom(...USERS);
const pair = fc.tuple(user, user).filter(([a, b]) => a !== b);
const audience = fc.constantFrom(...AUDIENCES);

/** What happens: it is stored, and then told on the bus. */
type Event =
  | { kind: 'block'; pair: [number, number]; blocked: boolean }
  | { kind: 'privacy'; userId: number; shownTo: ShownTo }
  | { kind: 'direct'; pair: [number, number] }
  | { kind: 'ask'; userId: number }
  | { kind: 'answer' };

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('block' as const), pair, blocked: fc.boolean() }),
  fc.record({
    kind: fc.constant('privacy' as const),
    userId: user,
    shownTo: fc.record({ lastSeen: audience, readReceipts: audience }),
  }),
  fc.record({ kind: fc.constant('direct' as const), pair }),
  fc.record({ kind: fc.constant('ask' as const), userId: user }),
  fc.record({ kind: fc.constant('answer' as const) }),
);

/** The contract's words on plain sets, and a database that answers when it is told to. */
class World {
  readonly blocks = new Set<string>();
  readonly contacts = new Set<string>();
  readonly shownTo = new Map<number, ShownTo>();
  readonly visibility: Visibility;
  #waiting: (() => void)[] = [];
  isPrompt = false;

  constructor() {
    const repository = {
      apartFrom: (userId: number) =>
        this.#read(() => USERS.filter((other) => this.isApart(userId, other))),
      contactsOf: (userId: number) =>
        this.#read(() => USERS.filter((other) => this.#areContacts(userId, other))),
      allSettings: async () => [],
      neverRead: async () => [],
      neverDelivered: async () => [],
    };
    const settings = new PrivacySettings(repository);
    this.visibility = new Visibility({ settings, blocks: new Blocks(repository), repository });
  }

  /** What is read is what is stored at that moment; the answer may come later. */
  #read(rows: () => number[]): Promise<number[]> {
    const found = rows();
    if (this.isPrompt) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiting.push(() => resolve(found)));
  }

  answer() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Whether either of two users blocks the other one; nobody blocks themselves. */
  isApart(a: number, b: number): boolean {
    return this.blocks.has(`${a} ${b}`) || this.blocks.has(`${b} ${a}`);
  }

  #areContacts(a: number, b: number): boolean {
    return this.contacts.has(`${a} ${b}`) || this.contacts.has(`${b} ${a}`);
  }

  happens(event: Event): void {
    if (event.kind === 'block') this.#block(event.pair, event.blocked);
    if (event.kind === 'privacy') this.#settle(event.userId, event.shownTo);
    if (event.kind === 'direct') this.#meet(event.pair);
    if (event.kind === 'ask') void this.visibility.presence(event.userId, USERS);
    if (event.kind === 'answer') this.answer();
  }

  #block([userId, otherId]: [number, number], blocked: boolean) {
    const wasApart = this.isApart(userId, otherId);
    if (blocked) this.blocks.add(`${userId} ${otherId}`);
    else this.blocks.delete(`${userId} ${otherId}`);
    const turned = this.isApart(userId, otherId) !== wasApart;
    this.visibility.follow({ kind: 'block', userId, otherId, blocked, turned });
  }

  #settle(userId: number, after: ShownTo) {
    const before = this.shownTo.get(userId) ?? OPEN;
    this.shownTo.set(userId, after);
    this.visibility.follow({ kind: 'privacy', userId, before, after });
  }

  #meet([userId, otherId]: [number, number]) {
    this.contacts.add(`${userId} ${otherId}`);
    for (const each of [userId, otherId]) {
      const joined = { chatId: 1, rev: 1, joined: true };
      this.visibility.follow({ kind: 'membership', userId: each, ...joined });
    }
  }

  /** Whether the one shows it to the other, as the setting's words say. */
  #shows(what: keyof ShownTo, one: number, other: number): boolean {
    const setting = (this.shownTo.get(one) ?? OPEN)[what];
    return setting === 'everyone' || (setting === 'contacts' && this.#areContacts(one, other));
  }

  expected(what: keyof ShownTo, viewer: number, subject: number): boolean {
    if (viewer === subject) return true;
    if (what === 'lastSeen' && this.isApart(viewer, subject)) return false;
    return this.#shows(what, subject, viewer) && this.#shows(what, viewer, subject);
  }
}

test('whatever happens, and however late the database answers, the answers are right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const world = new World();
      for (const each of events) {
        world.happens(each);
        await Promise.resolve();
      }
      world.isPrompt = true;
      world.answer();
      for (const viewer of USERS) {
        const presence = await world.visibility.presence(viewer, USERS);
        const reads = await world.visibility.reads(viewer, USERS);
        const deliveries = await world.visibility.deliveries(viewer);
        for (const subject of USERS) {
          expect(presence(subject)).toBe(world.expected('lastSeen', viewer, subject));
          expect(reads(subject)).toBe(world.expected('readReceipts', viewer, subject));
          expect(deliveries(subject)).toBe(!world.isApart(viewer, subject));
        }
      }
    }),
    { numRuns: 500 },
  );
});
