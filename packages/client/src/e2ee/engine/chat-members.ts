import { Refusal } from '../errors';
import type { LogStatement, MemberRole } from '../membership/entry';
import { type Membership, roleIn } from '../membership/state';
import type { ChatLog } from './chat-log';
import type { ChatServer } from './chat-server';
import { type Intent, Intents } from './intents';
import type { SealedStore } from './sealed-store';
import type { SendingEpoch } from './sending-epoch';

export interface ChatMembersOptions {
  readonly chat: number;
  readonly user: number;
  readonly server: ChatServer;
  readonly store: SealedStore;
  readonly log: ChatLog;
  readonly sending: SendingEpoch;
}

/**
 * Who belongs to an encrypted chat, changed in both books: the server's, which decides who is sent
 * what, and the signed log, which decides who gets keys. The server goes first, as it may refuse; who
 * leaves signs first, as nobody may sign afterwards. Whatever a crash leaves half done gives nobody
 * keys, and is finished by `reconcile`.
 */
export class ChatMembers {
  readonly #options: ChatMembersOptions;
  readonly #intents: Intents;

  constructor(options: ChatMembersOptions) {
    this.#options = options;
    this.#intents = new Intents(options.store, options.chat);
  }

  /** Signs who the members of a new chat are: those who were meant, and nobody else. */
  async create(members: readonly number[], share: boolean): Promise<void> {
    await this.#alone(() => this.#create(members, share));
    await this.mustBeAsMeant();
  }

  /**
   * Checks that the chat began as it was meant here: the server could let somebody else sign first.
   * @throws Refusal `log_forked`
   */
  async mustBeAsMeant(): Promise<void> {
    const { store, server, chat, user, log } = this.#options;
    const [first] = log.verified.states;
    if (!first) return;
    const { kind } = await server.facts(chat);
    const meant = (await store.get(this.#pin)) as number[] | undefined;
    const isOurs = kind === 'direct' || first.members.get(user)?.role === 'owner';
    const fits =
      first.kind === kind && (meant === undefined || (isOurs && hasOnly(first, meant, user)));
    if (!fits) throw new Refusal('log_forked', 'Somebody else signed who belongs to this chat');
  }

  /** Adds somebody, who can read from here on, or everything where history is shared. */
  async add(user: number, role: 'admin' | 'member' = 'member'): Promise<void> {
    await this.#change({ action: 'add', user, role });
    // Where history is shared, only who holds the epoch before can link the next one to it.
    await this.#options.sending.ready();
  }

  remove(user: number): Promise<void> {
    return this.#change({ action: 'remove', user });
  }

  setRole(user: number, role: MemberRole): Promise<void> {
    return this.#change({ action: 'role', user, role });
  }

  leave(): Promise<void> {
    return this.#change({ action: 'leave' });
  }

  /** Who is in the chat by the server, but by nobody's signature that counts: they get no keys. */
  async unsigned(): Promise<number[]> {
    const { server, chat, log } = this.#options;
    const signed = log.members?.members;
    const isSigned = (user: number) => signed?.has(user) && !log.doubtful.has(user);
    return (await server.members(chat)).filter((user) => !isSigned(user));
  }

  /** Finishes what a crash left half done, and strikes out who left without a word. */
  reconcile(): Promise<void> {
    return this.#alone(async () => {
      for (const intent of await this.#intents.all()) await this.#resume(intent);
      await this.#options.log.refresh();
      if (this.#options.log.members === null) await this.#signDirect();
      else await this.#strikeOut();
    });
  }

  get #pin(): string {
    return `meant/${this.#options.chat}`;
  }

  #change(intent: Intent): Promise<void> {
    return this.#alone(() => this.#carryOut(intent));
  }

  /** What one tab is about to do, another one must not finish: it could come after what is wanted next. */
  #alone(action: () => Promise<void>): Promise<void> {
    const { store, chat } = this.#options;
    return store.exclusively(`members/${chat}`, action);
  }

  async #create(members: readonly number[], share: boolean): Promise<void> {
    await this.#options.store.put(this.#pin, [...members]);
    await this.#carryOut({ action: 'create', members, share });
  }

  async #carryOut(intent: Intent): Promise<void> {
    await this.#intents.add(intent);
    try {
      await this.#finish(intent);
    } catch (error) {
      // What the server or the log refused will not be wanted at the next start either.
      if (isFinal(error)) await this.#intents.done(intent);
      throw error;
    }
  }

  /** What is refused for good by now is given up, so that it keeps nothing else waiting. */
  async #resume(intent: Intent): Promise<void> {
    try {
      await this.#finish(intent);
    } catch (error) {
      if (!isFinal(error)) throw error;
      await this.#intents.done(intent);
    }
  }

  async #finish(intent: Intent): Promise<void> {
    const { log, sending } = this.#options;
    await log.refresh();
    if (intent.action === 'leave') await this.#sign(intent);
    await this.#tellServer(intent);
    if (intent.action !== 'leave') await this.#sign(intent);
    await this.#intents.done(intent);
    sending.outdated();
  }

  async #tellServer(intent: Intent): Promise<void> {
    const { server, chat, user } = this.#options;
    switch (intent.action) {
      case 'create':
        return;
      case 'add':
        return server.addMember(chat, intent.user, intent.role);
      case 'remove':
        return server.removeMember(chat, intent.user);
      case 'role':
        return server.setRole(chat, intent.user, intent.role);
      case 'leave':
        return server.removeMember(chat, user);
      default:
        intent satisfies never;
    }
  }

  async #sign(intent: Intent): Promise<void> {
    if (this.#isSigned(intent)) return;
    const statement = intent.action === 'create' ? await this.#creation(intent) : intent;
    try {
      await this.#options.log.append(statement);
    } catch (error) {
      // Another device, or the other one in a direct chat, may have signed the same meanwhile.
      if (!(error instanceof Refusal) || !this.#isSigned(intent)) throw error;
    }
  }

  #isSigned(intent: Intent): boolean {
    const { log, user } = this.#options;
    const members = log.members?.members;
    switch (intent.action) {
      case 'create':
        return members !== undefined;
      case 'add':
        return members?.has(intent.user) ?? false;
      case 'remove':
        return members !== undefined && !members.has(intent.user);
      case 'role':
        return members?.get(intent.user)?.role === intent.role;
      case 'leave':
        return members !== undefined && !members.has(user);
      default:
        return intent satisfies never;
    }
  }

  async #creation({ members, share }: Intent & { action: 'create' }): Promise<LogStatement> {
    const { server, chat, user } = this.#options;
    const { kind } = await server.facts(chat);
    const all = [user, ...members.filter((one) => one !== user)];
    const role = (one: number): MemberRole =>
      kind === 'group' && one === user ? 'owner' : 'member';
    return {
      action: 'create',
      kind,
      share,
      members: all.map((one) => ({ user: one, role: role(one) })),
    };
  }

  /** A direct chat has its two members whoever signs it: the one who was written to may do it too. */
  async #signDirect(): Promise<void> {
    const { server, chat, user } = this.#options;
    const { kind, isEncrypted } = await server.facts(chat);
    if (kind !== 'direct' || !isEncrypted) return;
    const members = await server.members(chat);
    if (!members.includes(user) || members.length > 2) return;
    await this.#create(members, false);
    await this.mustBeAsMeant();
  }

  /** Who is no longer there by the server must not come back without a signature. */
  async #strikeOut(): Promise<void> {
    const { server, chat, user, log } = this.#options;
    const state = log.members;
    if (!state?.members.has(user) || roleIn(state, user) === 'member') return;
    const there = new Set(await server.members(chat));
    if (!there.has(user)) return;
    const rank = { owner: 2, admin: 1, member: 0 };
    const own = rank[roleIn(state, user)];
    for (const gone of [...state.members.keys()].filter((one) => !there.has(one))) {
      if (own > rank[roleIn(state, gone)]) await this.#sign({ action: 'remove', user: gone });
    }
    this.#options.sending.outdated();
  }
}

function hasOnly({ members }: Membership, meant: readonly number[], user: number): boolean {
  const expected = new Set([user, ...meant]);
  return members.size === expected.size && [...expected].every((one) => members.has(one));
}

/** Whether trying again later is of no use. */
function isFinal(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return error instanceof Error && 'temporary' in error && error.temporary === false;
}
