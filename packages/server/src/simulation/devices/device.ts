import type { Fail } from '../checks/publishing';
import type { Witness } from '../checks/witness';
import type { Model } from '../model/model';
import type { Random } from '../random';
import type { Life, Timeline } from '../timeline';
import type { Trace } from '../trace';
import type { LinkOwner } from '../wire/link';
import type { Network } from '../wire/network';

export interface SimulatedUser {
  readonly id: number;
  readonly username: string;
}

export interface SimulatedSession {
  readonly id: number;
  access: string;
  refresh: string;
}

/** What devices live in. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly model: Model;
  readonly witness: Witness;
  readonly trace: Trace;
  readonly fail: Fail;
  /** How long an access token is good, milliseconds. */
  readonly tokenTtlMs: number;
  /** Makes a session; resolves once the server is there to do so. */
  signIn(user: SimulatedUser, life: Life): Promise<SimulatedSession>;
}

export interface SendOptions {
  replyTo?: number;
  /** A client_message_id used before, to send the same message again. */
  again?: string;
  overRest?: boolean;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A user's app on one machine: what the workload can do with it. */
export interface Device extends LinkOwner {
  readonly user: SimulatedUser;
  readonly kind: 'plain' | 'confirming' | 'sdk';
  /** Id of its session; 0 while it has none. */
  readonly sessionId: number;
  start(): void;
  /** The app is killed and opened again. */
  relaunch(): void;
  send(chatId: number, content: string, options: SendOptions): void;
  edit(messageId: number, content: string): void;
  remove(messageId: number): void;
  react(messageId: number, emoji: string, add: boolean): void;
  read(chatId: number, messageId: number): void;
  delivered(chatId: number, messageId: number): void;
  typing(chatId: number, active: boolean): void;
  look(chatId: number, active: boolean): void;
  history(chatId: number): void;
  /** Any REST call, as this user. */
  call(method: string, path: string, body?: unknown): Promise<RestAnswer>;
  /** Whether nothing is under way and it holds what it was told of. */
  isSettled(): boolean;
}

/** The parts that all devices share. */
export abstract class AnyDevice {
  readonly name: string;
  readonly user: SimulatedUser;
  protected readonly around: Surroundings;
  protected readonly random: Random;
  protected session: SimulatedSession | undefined;
  protected life: Life = { alive: true };

  constructor(name: string, user: SimulatedUser, around: Surroundings, random: Random) {
    this.name = name;
    this.user = user;
    this.around = around;
    this.random = random;
  }

  get userId(): number {
    return this.user.id;
  }

  get sessionId(): number {
    return this.session?.id ?? 0;
  }

  /** @throws TypeError when the request or its answer got lost */
  async call(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.session?.access}` };
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    const request = new Request(`http://server${path}`, init);
    const response = await this.around.network.fetch(this, this.life, request);
    const text = await response.text();
    const answer = { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    this.around.trace.note(`${this.name} ← ${method} ${path} ${response.status}`);
    if (response.status >= 500 && response.status !== 503) {
      this.around.fail('0', `${method} ${path} answers ${text}`);
    }
    return answer;
  }
}
