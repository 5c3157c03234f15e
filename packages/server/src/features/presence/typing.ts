import type { EventBody } from '@confab/protocol';
import type { Clock } from '../../lib/clock';
import { frame } from '../../lib/frame';
import { TokenBuckets } from '../../lib/token-bucket';
import type { Bus, BusMessage } from '../../realtime/bus';
import type { Hub } from '../../realtime/hub';
import type { ChatStates } from '../chats';
import type { Blocks } from '../privacy';
import type { UserDirectory } from '../users';

const LEASE_MS = 6000;
/** Changes that one user tells the others of: four a second, ten at once; the rest is dropped. */
const TOLD = { rate: 4, burst: 10 };
/** A socket with more than this unsent gets no typing or presence. */
export const BEHIND_BYTES = 64 * 1024;

/** Who is typing where, as leases: a start that is not repeated ends by itself. */
export class TypingService {
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #states: ChatStates;
  readonly #directory: UserDirectory;
  readonly #blocks: Blocks;
  readonly #bus: Bus;
  readonly #onError: (error: unknown) => void;
  readonly #told: TokenBuckets<number>;
  readonly #leases = new Map<string, { chatId: number; userId: number; cancel: () => void }>();

  constructor(deps: {
    clock: Clock;
    hub: Hub;
    states: ChatStates;
    directory: UserDirectory;
    blocks: Blocks;
    bus: Bus;
    onError: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#hub = deps.hub;
    this.#states = deps.states;
    this.#directory = deps.directory;
    this.#blocks = deps.blocks;
    this.#bus = deps.bus;
    this.#onError = deps.onError;
    this.#told = new TokenBuckets(TOLD, deps.clock.now);
  }

  async start(userId: number, chatId: number): Promise<void> {
    await this.#prepare(userId, chatId);
    const key = `${chatId}:${userId}`;
    const known = this.#leases.get(key);
    if (!known && this.#told.take(userId) > 0) return;
    known?.cancel();
    const cancel = this.#clock.after(LEASE_MS, () => this.#end(chatId, userId));
    this.#leases.set(key, { chatId, userId, cancel });
    if (!known) this.#bus.publish({ kind: 'typing', chatId, userId, active: true });
  }

  async stop(userId: number, chatId: number): Promise<void> {
    await this.#prepare(userId, chatId);
    this.#end(chatId, userId);
  }

  /** A start and the stop after it wait for the same, so that neither overtakes the other. */
  async #prepare(userId: number, chatId: number): Promise<void> {
    await this.#directory.get(userId);
    await this.#blocks.of(userId);
    await this.#states.forMember(chatId, userId);
  }

  #end(chatId: number, userId: number) {
    const key = `${chatId}:${userId}`;
    const lease = this.#leases.get(key);
    if (!lease) return;
    lease.cancel();
    this.#leases.delete(key);
    this.#bus.publish({ kind: 'typing', chatId, userId, active: false });
  }

  /** Their last connection closed. */
  left(userId: number): void {
    for (const lease of this.#leases.values()) {
      if (lease.userId === userId) this.#end(lease.chatId, userId);
    }
  }

  follow(message: BusMessage): void {
    if (message.kind === 'typing') this.#show(message.chatId, message.userId, message.active);
    if (message.kind === 'block' && message.turned) {
      this.#turn(message.userId, message.otherId, message.blocked);
      this.#turn(message.otherId, message.userId, message.blocked);
    }
    if (message.kind !== 'chat') return;
    // Who sent or left is not typing any more.
    const { change } = message;
    if (change.kind === 'message') this.#end(message.chatId, change.senderId);
    if (change.kind === 'member_removed') this.#end(message.chatId, change.userId);
  }

  /** What a user is typing is withdrawn from one other user, or shown to them again. */
  #turn(userId: number, otherId: number, blocked: boolean) {
    for (const lease of this.#leases.values()) {
      if (lease.userId !== userId) continue;
      const text = this.#frame(lease.chatId, userId, !blocked);
      const isHere = this.#states.peek(lease.chatId)?.members.has(otherId);
      if (text && isHere) this.#send(otherId, text);
    }
  }

  /** Not to those between whom and the typing one there is a block. */
  #show(chatId: number, userId: number, active: boolean) {
    const apart = this.#blocks.of(userId);
    if (!(apart instanceof Promise)) this.#showBut(apart, chatId, userId, active);
    else {
      const shown = apart.then((known) => this.#showBut(known, chatId, userId, active));
      shown.catch(this.#onError);
    }
  }

  #showBut(apart: ReadonlySet<number>, chatId: number, userId: number, active: boolean) {
    const state = this.#states.peek(chatId);
    const text = this.#frame(chatId, userId, active);
    // Who types may have left while their blocks were read.
    if (!state || !text || (active && !state.members.has(userId))) return;
    for (const memberId of state.members.keys()) {
      if (memberId !== userId && !apart.has(memberId)) this.#send(memberId, text);
    }
  }

  #frame(chatId: number, userId: number, active: boolean): string | undefined {
    const card = this.#directory.peek(userId);
    if (!card) return undefined;
    return frame(active ? 'typing_start' : 'typing_stop', {
      chat_id: chatId as EventBody<'typing_start'>['chat_id'],
      user_id: userId as EventBody<'typing_start'>['user_id'],
      username: card.username,
    });
  }

  #send(userId: number, text: string) {
    for (const connection of this.#hub.connectionsOf(userId)) {
      connection.sendIfIdle(text, BEHIND_BYTES);
    }
  }
}
