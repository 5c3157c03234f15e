import { CLOSE, type ServerFrame, SUBPROTOCOL, type SyncAnswer } from '@confab/protocol';
import type { SendAnswer } from '../checks/ledger';
import type { Random } from '../random';
import type { ClientEnd } from '../wire/client-end';
import {
  AnyDevice,
  type Device,
  type SendOptions,
  type SimulatedUser,
  type Surroundings,
} from './device';
import { Replica } from './replica';

interface Pending {
  readonly type: string;
  readonly fields: Record<string, unknown>;
}

/** The plainest client: a socket, frames by hand, and `sync` when it likes. */
export class PlainDevice extends AnyDevice implements Device {
  readonly confirms: boolean;
  readonly #pending = new Map<string, Pending>();
  #replica: Replica;
  #socket: ClientEnd | undefined;
  #requests = 0;
  #cancelRenewal = () => {};
  #tries = 0;

  constructor(
    name: string,
    user: SimulatedUser,
    around: Surroundings,
    random: Random,
    confirms: boolean,
  ) {
    super(name, user, around, random);
    this.confirms = confirms;
    this.#replica = new Replica(name, around.fail);
  }

  get kind() {
    return this.confirms ? 'confirming' : 'plain';
  }

  get replica(): Replica {
    return this.#replica;
  }

  start() {
    void this.#connect(this.life);
  }

  relaunch() {
    this.#socket?.close();
    this.life.alive = false;
    this.life = { alive: true };
    this.#pending.clear();
    this.#replica = new Replica(this.name, this.around.fail);
    this.start();
  }

  async #connect(life = this.life): Promise<void> {
    this.session ??= await this.around.signIn(this.user, life);
    const { network } = this.around;
    const protocols = this.confirms ? [SUBPROTOCOL] : [];
    const socket = network.open(this, `ws://server/ws/${this.session.access}`, protocols);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)));
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    };
  }

  #closed(code: number) {
    this.#pending.clear();
    const wait = this.random.between(10, 200 * 2 ** Math.min(this.#tries++, 5));
    const again = async () => {
      if (code === CLOSE.unauthorized.code || this.random.chance(0.3)) await this.#renew();
      await this.#connect();
    };
    this.around.timeline.plan(wait, () => void again(), this.life);
  }

  /** An open socket goes on with a newer token. */
  #renewInTime() {
    const { timeline, tokenTtlMs } = this.around;
    this.#cancelRenewal();
    const renew = async () => {
      await this.#renew();
      if (this.session) this.#request('token_refresh', { access_token: this.session.access });
    };
    const again = () => void renew().then(() => this.#renewInTime());
    this.#cancelRenewal = timeline.plan(
      tokenTtlMs * this.random.between(0.5, 1.1),
      again,
      this.life,
    );
  }

  /** A newer access token, or a new session when this one is over. */
  async #renew(): Promise<void> {
    if (!this.session) return;
    const body = { refresh_token: this.session.refresh };
    const answer = await this.call('POST', '/api/auth/refresh', body).catch(() => undefined);
    if (answer?.status === 401) this.session = undefined;
    if (answer?.status !== 200 || !this.session) return;
    this.session.access = String(answer.body.access_token);
    this.session.refresh = String(answer.body.refresh_token);
  }

  #receive(frame: ServerFrame) {
    if (frame.type === 'ready') {
      this.#tries = 0;
      this.sync();
      this.#renewInTime();
    } else if (frame.type === 'ack') this.#acked(frame);
    else if (frame.type === 'error') this.#refused(frame);
  }

  sync() {
    this.#request('sync', this.#replica.request());
  }

  #request(type: string, fields: Record<string, unknown>) {
    const request_id = `${++this.#requests}`;
    if (!this.#socket?.isOpen) return;
    this.#pending.set(request_id, { type, fields });
    this.#socket.send(JSON.stringify({ type, request_id, ...fields }));
  }

  #acked(frame: ServerFrame & { request_id: string }) {
    const pending = this.#pending.get(frame.request_id);
    this.#pending.delete(frame.request_id);
    const { ledger } = this.around.witness;
    if (pending?.type === 'sync') {
      const asked = pending.fields.chats as Record<string, number>;
      this.#replica.apply(frame as unknown as SyncAnswer, asked);
    }
    if (pending?.type === 'message_read') {
      ledger.read(this.userId, Number(pending.fields.message_id));
    }
    if (pending?.type === 'send_message') {
      const key = pending.fields.client_message_id as string | undefined;
      ledger.sent(this.userId, key, frame as unknown as SendAnswer);
    }
  }

  #refused(frame: Extract<ServerFrame, { type: 'error' }>) {
    const pending = this.#pending.get(frame.request_id ?? '');
    this.#pending.delete(frame.request_id ?? '');
    const isFault = frame.code === 'internal' || frame.code === 'invalid';
    if (isFault) this.around.fail('0', `${pending?.type} is answered ${JSON.stringify(frame)}`);
    if (pending?.type === 'sync' && frame.temporary) this.sync();
  }

  send(chatId: number, content: string, { replyTo, again, overRest }: SendOptions) {
    const client_message_id = again ?? (this.random.chance(0.7) ? this.random.uuid() : undefined);
    const body = { content, client_message_id, reply_to_id: replyTo };
    if (!overRest) return this.#request('send_message', { chat_id: chatId, ...body });
    void this.call('POST', `/api/messages/${chatId}`, body).then(
      ({ status, body: message }) => {
        if (status >= 300) return;
        const { id, seq, created_at } = message as { id: number; seq: number; created_at: string };
        // An answer to a repeated send shows the message as it is by now, at a later revision.
        const answer = { message_id: id, seq, rev: 0, created_at };
        this.around.witness.ledger.sent(this.userId, client_message_id, answer);
      },
      () => {},
    );
  }

  edit(message_id: number, content: string) {
    this.#request('edit_message', { message_id, content });
  }

  remove(message_id: number) {
    this.#request('delete_message', { message_id });
  }

  react(message_id: number, emoji: string, add: boolean) {
    this.#request(add ? 'reaction_add' : 'reaction_remove', { message_id, emoji });
  }

  read(chat_id: number, message_id: number) {
    this.#request('message_read', { chat_id, message_id });
  }

  delivered(chat_id: number, message_id: number) {
    this.#request('message_delivered', { chat_id, message_id });
  }

  typing(chat_id: number, active: boolean) {
    this.#request(active ? 'typing_start' : 'typing_stop', { chat_id });
  }

  look(chat_id: number, active: boolean) {
    this.#request(active ? 'join_chat' : 'leave_chat', { chat_id });
  }

  history(chatId: number) {
    void this.call('GET', `/api/messages/${chatId}?limit=20`).catch(() => {});
  }

  isSettled(): boolean {
    return this.#socket?.isOpen === true && this.#pending.size === 0;
  }
}
