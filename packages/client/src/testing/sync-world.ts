import type { Chat, ChatId, ServerFrame, SyncAnswer, UserId } from '@confab/protocol';
import { ChatTable } from '../sync/chat-table';
import { type Outcome, SyncEngine, type SyncRequestBody } from '../sync/sync-engine';
import type { ChatFrame } from '../sync/waiting-frames';
import { FakeChat, type FakeUser } from './fake-chat';
import { Observer } from './observer';

/** The user whose client is watched. */
export const ME = 1 as UserId;
const USERS: FakeUser[] = [1, 2, 3].map((id) => ({ id: id as UserId, username: `user${id}` }));
const LIMITS = { syncChanges: 8, page: 4 };

/** What happens next: a change on the server, or a fault or a step of the connection. */
type ServerStep =
  | {
      do: 'send' | 'edit' | 'delete' | 'read' | 'deliver' | 'role' | 'mute';
      chat: number;
      user: number;
      at: number;
    }
  | { do: 'rename' | 'join' | 'leave'; chat: number; user: number };
export type Step =
  | ServerStep
  | { do: 'carry'; fate: 'deliver' | 'drop' | 'double' | 'swap' }
  | { do: 'fetch'; what: 'chat' | 'page'; chat: number }
  | { do: 'reconnect' }
  | { do: 'answer' }
  | { do: 'heartbeat' }
  | { do: 'restore' };

/** The model server, one connection of ME to it, and the engine under test behind that. */
export class SyncWorld {
  readonly table = new ChatTable(ME);
  readonly engine = new SyncEngine(this.table, null, 1000);
  readonly observer = new Observer();
  readonly chats = new Map<ChatId, FakeChat>();
  #ids = 0;
  #epoch = 1;
  /** Frames on the way, in order. */
  wire: (ServerFrame | SyncAnswer)[] = [];
  /** A sync that the server has begun to answer: it read the chats' rows, and will read the rest. */
  #asked: { request: SyncRequestBody; rows: Map<ChatId, Chat> } | null = null;

  constructor() {
    for (const id of [1, 2, 3]) {
      const users = id === 2 ? USERS.slice(1) : USERS;
      this.chats.set(
        id as ChatId,
        new FakeChat(id as ChatId, 'group', `chat ${id}`, users, () => ++this.#ids, LIMITS),
      );
    }
    this.reconnect();
  }

  run(step: Step): void {
    if (step.do === 'carry') this.#carry(step.fate);
    else if (step.do === 'reconnect') this.reconnect();
    else if (step.do === 'answer') this.answer();
    else if (step.do === 'heartbeat') this.heartbeat();
    else if (step.do === 'restore') this.#restore();
    else if (step.do === 'fetch') this.#fetch(step);
    else this.#change(step);
  }

  /** A REST answer, which may be ahead of the live frames or show a chat they have not told of. */
  #fetch(step: { do: 'fetch'; what: 'chat' | 'page'; chat: number }): void {
    const held = this.chats.get((step.chat + 1) as ChatId);
    if (!held?.members.has(ME)) return;
    if (step.what === 'page')
      this.table.mergeHistory(
        held.id,
        held.messages.slice(-6).map((m) => held.shown(m)),
      );
    // An unread count names no message: one that comes after a newer answer cannot be told apart.
    else if (!this.wire.some((f) => 'type' in f && f.type === 'unread'))
      this.#take({ changes: this.table.add(held.chatFor(ME)), syncWanted: false });
  }

  /** A database restored from a backup is another history. */
  #restore(): void {
    this.#epoch++;
    this.reconnect();
  }

  reconnect(): void {
    this.wire = [];
    this.#asked = null;
    const chats = Object.fromEntries(this.mine().map((c) => [String(c.id), c.rev]));
    if (this.engine.greet({ epoch: String(this.#epoch), chats })) this.#ask();
  }

  answer(): void {
    if (this.#asked) this.wire.push(this.#sync(this.#asked.request, this.#asked.rows));
    this.#asked = null;
  }

  heartbeat(): void {
    const sum = this.mine().reduce((total, c) => total + c.rev, 0);
    if (this.engine.current && this.table.revSum() !== sum) this.#ask();
  }

  #ask(): void {
    const rows = this.mine().map((held) => [held.id, held.chatFor(ME)] as const);
    this.#asked = { request: this.engine.beginSync(), rows: new Map(rows) };
  }

  #sync(request: SyncRequestBody, rows: Map<ChatId, Chat>): SyncAnswer {
    const sameEpoch = request.epoch === String(this.#epoch);
    const chats: SyncAnswer['chats'] = {};
    for (const [id, row] of rows) {
      const held = this.chats.get(id);
      const rev = sameEpoch ? (request.chats[id] ?? null) : null;
      const sync = held?.members.has(ME) ? held.syncFor(ME, rev, row) : null;
      if (sync) chats[id] = sync;
    }
    const removed = Object.keys(request.chats).map((id) => Number(id) as ChatId);
    return { epoch: String(this.#epoch), chats, removed: removed.filter((id) => !rows.has(id)) };
  }

  #take(outcome: Outcome): void {
    for (const change of outcome.changes) this.observer.see(change);
    if (outcome.syncWanted) this.#ask();
  }

  #deliver(frame: ServerFrame): void {
    this.#take(this.engine.handle(frame as ChatFrame));
  }

  #carry(fate: 'deliver' | 'drop' | 'double' | 'swap'): void {
    const frame = this.wire.shift();
    if (!frame) return;
    const next = this.wire[0];
    if (!('type' in frame)) this.#take(this.engine.finishSync(frame));
    else if (fate === 'swap' && next && 'type' in next && isOrderFree(frame) && isOrderFree(next)) {
      this.wire[0] = frame;
      this.#deliver(next);
    } else if (fate !== 'drop') {
      this.#deliver(frame);
      if (fate === 'double') this.#deliver(frame);
    }
  }

  mine(): FakeChat[] {
    return [...this.chats.values()].filter((c) => c.members.has(ME));
  }

  #change(step: ServerStep): void {
    const held = this.chats.get((step.chat + 1) as ChatId);
    const who = USERS[step.user];
    if (!held || !who) return;
    const wasIn = held.members.has(ME);
    const frames = changeOf(held, who, step);
    if (wasIn && held.members.has(ME)) this.wire.push(...frames);
    if (wasIn && !held.members.has(ME)) this.wire.push({ type: 'chat_removed', chat_id: held.id });
    if (!wasIn && held.members.has(ME)) {
      this.wire.push({ type: 'chat_created', chat: held.chatFor(ME) });
    }
  }
}

/** On one connection whole chats do not come and go out of order. */
const isOrderFree = (frame: ServerFrame) =>
  frame.type !== 'chat_created' && frame.type !== 'chat_removed' && frame.type !== 'unread';

function changeOf(held: FakeChat, who: FakeUser, step: { do: string; at?: number }): ServerFrame[] {
  const isMember = held.members.has(who.id);
  const seq = held.lastSeq === 0 ? 0 : ((step.at ?? 0) % held.lastSeq) + 1;
  if (step.do === 'join') return isMember ? [] : joined(held, who);
  if (!isMember) return [];
  switch (step.do) {
    case 'send':
      return [
        { type: 'new_message', message: held.shown(held.send(who.id, `#${held.lastSeq + 1}`)) },
      ];
    case 'edit':
      if (seq === 0) return [];
      return [{ type: 'message_updated', message: held.shown(held.edit(seq, `edit ${held.rev}`)) }];
    case 'delete':
      if (seq === 0) return [];
      return [{ type: 'message_deleted', message: held.shown(held.edit(seq, null)) }];
    case 'read':
      held.read(who.id, seq);
      return who.id === ME
        ? [{ type: 'unread', chat_id: held.id, ...held.unread(ME) }]
        : [held.statusFrame(who.id)];
    case 'deliver':
      held.deliver(who.id, seq);
      return who.id === ME ? [] : [held.statusFrame(who.id)];
    case 'role':
      held.setRole(who.id, (step.at ?? 0) % 2 ? 'admin' : 'member');
      return [memberFrame('member_updated', held, who)];
    case 'mute': {
      const at = step.at ?? 0;
      const until = at % 4 === 3 ? '2999-01-01T00:00:00.000Z' : null;
      const told = held.mute(who.id, at % 2 === 1, until);
      return who.id === ME ? [told] : [];
    }
    case 'rename':
      held.rename(`name ${held.rev}`);
      return [{ type: 'chat_updated', chat: held.info() }];
    case 'leave':
      held.remove(who.id);
      return [{ type: 'member_removed', chat_id: held.id, rev: held.rev, user_id: who.id }];
    default:
      return [];
  }
}

function joined(held: FakeChat, who: FakeUser): ServerFrame[] {
  held.add(who);
  return [memberFrame('member_added', held, who)];
}

function memberFrame(
  type: 'member_added' | 'member_updated',
  held: FakeChat,
  who: FakeUser,
): ServerFrame {
  return { type, chat_id: held.id, rev: held.rev, member: held.memberOf(who.id) };
}
