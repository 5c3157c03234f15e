import type { Device } from '../devices/device';
import { PlainDevice } from '../devices/plain-device';
import type { ModelChat, ModelMessage } from '../model/state';
import type { Random } from '../random';
import type { World } from '../world';

const EMOJI = ['👍', '❤️', '😂', '🎉'];
const LONG_TEXT = 'all work and no play makes jack a dull boy. '.repeat(180);

/** Within the time that everything is given to settle. */
const LIFETIMES_S = [0, 5, 5, 8, 12];

/** What the people do. */
const WEIGHTS = {
  send: 30,
  burst: 1.5,
  repeat: 5,
  edit: 5,
  remove: 3,
  react: 8,
  read: 9,
  delivered: 3,
  typing: 5,
  look: 3,
  history: 3,
  group: 3,
  direct: 3,
  rename: 2,
  addMember: 4,
  removeMember: 3,
  leave: 1.5,
  setRole: 2,
  settings: 3,
  pin: 3,
  disappear: 2.5,
  schedule: 3,
  unschedule: 1,
  dissolve: 0.4,
  sync: 2,
  block: 1.5,
  unblock: 2,
  privacy: 1,
} as const;

type Action = keyof typeof WEIGHTS;

/** Draws what somebody does next, mostly with what is theirs, now and then with what is not. */
export class Actions {
  readonly #world: World;
  readonly #random: Random;
  #texts = 0;
  /** Sends that may be made again: by whom, where, what, with which id. */
  readonly #repeatable: { userId: number; chatId: number; content: string; key: string }[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('actions');
  }

  next() {
    const device = this.#random.pick(this.#world.devices);
    if (device) this.#run(this.#random.weighted(WEIGHTS), device);
  }

  #run(action: Action, device: Device) {
    const chat = this.#chat(device);
    this.#world.trace.note(`${device.name} wants to ${action} in chat ${chat?.id}`);
    if (action === 'group' || action === 'direct' || !chat) return this.#newChat(action, device);
    switch (action) {
      case 'send':
        return this.#send(device, chat);
      case 'burst':
        for (let n = 0; n < 12; n++) this.#send(device, chat);
        return;
      case 'repeat':
        return this.#repeat(device);
      case 'typing':
        return device.typing(chat.id, this.#random.chance(0.7));
      case 'look':
        return device.look(chat.id, this.#random.chance(0.7));
      case 'history':
        return device.history(chat.id);
      case 'block':
      case 'unblock':
        return this.#block(device, action === 'block');
      case 'privacy':
        return this.#call(device, 'PUT', '/api/auth/me/privacy', {
          last_seen: this.#random.pick(['everyone', 'contacts', 'nobody']),
        });
      case 'sync':
        return device instanceof PlainDevice ? device.sync() : undefined;
      case 'schedule':
        return this.#schedule(device, chat);
      case 'unschedule':
        return this.#unschedule(device);
      case 'edit':
      case 'pin':
      case 'remove':
      case 'react':
      case 'read':
      case 'delivered':
        return this.#onMessage(action, device, chat);
      default:
        return this.#onChat(action, device, chat);
    }
  }

  /** Mostly a chat of the user's own. */
  #chat(device: Device): ModelChat | undefined {
    const { model, witness } = this.#world;
    const any = [...model.chats.values()].filter(({ id }) => witness.publishing.isAnnounced(id));
    const mine = any.filter((chat) => chat.isActive && chat.members.has(device.userId));
    return this.#random.pick(this.#random.chance(0.94) ? mine : any) ?? this.#random.pick(any);
  }

  #text(): string {
    const text = `text ${++this.#texts}${this.#mention()}`;
    return this.#random.chance(0.03) ? `${text} ${LONG_TEXT}` : text;
  }

  #mention(): string {
    if (this.#random.chance(0.8)) return '';
    return this.#random.chance(0.2)
      ? ' @all'
      : ` @${this.#random.pick(this.#world.users)?.username}`;
  }

  #send(device: Device, chat: ModelChat) {
    const content = this.#text();
    const replied = this.#random.chance(0.15) ? this.#message(chat) : undefined;
    const overRest = this.#random.chance(0.25);
    const options = replied ? { overRest, replyTo: replied.id } : { overRest };
    if (device.kind === 'sdk' || this.#random.chance(0.5)) {
      return device.send(chat.id, content, options);
    }
    const key = this.#random.uuid();
    this.#repeatable.push({ userId: device.userId, chatId: chat.id, content, key });
    device.send(chat.id, content, { ...options, again: key });
    // Twice at once, as impatient programs do.
    if (this.#random.chance(0.3)) device.send(chat.id, content, { ...options, again: key });
  }

  /** The same client_message_id again, from any of the user's devices, rarely with other words. */
  #repeat(device: Device) {
    const mine = this.#repeatable.filter((send) => send.userId === device.userId);
    const send = this.#random.pick(mine);
    if (!send || device.kind === 'sdk') return;
    const content = this.#random.chance(0.2) ? `${send.content} again` : send.content;
    const overRest = this.#random.chance(0.4);
    device.send(send.chatId, content, { overRest, again: send.key });
  }

  #message(chat: ModelChat): ModelMessage | undefined {
    return this.#random.pick(chat.messages.slice(-15));
  }

  #onMessage(
    action: 'edit' | 'pin' | 'remove' | 'react' | 'read' | 'delivered',
    device: Device,
    chat: ModelChat,
  ) {
    const mine = chat.messages.filter((message) => message.senderId === device.userId);
    const isOwn = (action === 'edit' || action === 'remove') && this.#random.chance(0.8);
    const message = isOwn ? this.#random.pick(mine.slice(-10)) : this.#message(chat);
    if (!message) return;
    if (action === 'pin') {
      const method = this.#random.chance(0.7) ? 'PUT' : 'DELETE';
      this.#call(device, method, `/api/messages/${message.id}/pin`);
    } else if (action === 'edit') device.edit(message.id, this.#text());
    else if (action === 'remove') device.remove(message.id);
    else if (action === 'read') device.read(chat.id, message.id);
    else if (action === 'delivered') device.delivered(chat.id, message.id);
    else device.react(message.id, this.#random.pick(EMOJI) ?? '👍', this.#random.chance(0.7));
  }

  #someone(): number {
    return this.#random.pick(this.#world.users)?.id ?? 0;
  }

  #block(device: Device, blocked: boolean) {
    const path = `/api/users/${this.#someone()}/block`;
    this.#call(device, blocked ? 'PUT' : 'DELETE', path);
  }

  #newChat(action: Action, device: Device) {
    if (action === 'direct') {
      return this.#call(device, 'POST', '/api/chats/direct', { user_id: this.#someone() });
    }
    if (this.#world.model.chats.size > 8) return;
    const member_ids = this.#world.users
      .map((user) => user.id)
      .filter((id) => id !== device.userId && this.#random.chance(0.6));
    this.#call(device, 'POST', '/api/chats/group', { name: `group ${++this.#texts}`, member_ids });
  }

  #onChat(action: Action, device: Device, chat: ModelChat) {
    const path = `/api/chats/${chat.id}`;
    const inside = this.#random.pick([...chat.members.keys()]) ?? device.userId;
    const outside = this.#world.users.find((user) => !chat.members.has(user.id))?.id;
    const someone = this.#random.chance(0.9) ? inside : this.#someone();
    const role = this.#random.pick(['member', 'admin', 'admin', 'owner'] as const);
    switch (action) {
      case 'rename':
        return this.#call(device, 'PUT', path, this.#description());
      case 'addMember':
        return this.#call(device, 'POST', `${path}/members`, {
          user_id: outside ?? inside,
          ...(this.#random.chance(0.2) ? { role: 'admin' } : {}),
        });
      case 'removeMember':
        return this.#call(device, 'DELETE', `${path}/members/${someone}`);
      case 'leave':
        return this.#call(device, 'DELETE', `${path}/members/${device.userId}`);
      case 'setRole':
        return this.#call(device, 'PUT', `${path}/members/${someone}`, { role });
      case 'settings':
        return this.#call(device, 'PUT', `${path}/settings`, this.#settings());
      case 'disappear':
        return this.#call(device, 'PUT', path, {
          disappear_after_s: this.#random.pick(LIFETIMES_S),
        });
      case 'dissolve':
        return this.#call(device, 'DELETE', path);
      default:
    }
  }

  #description() {
    const name = `name ${++this.#texts}`;
    return this.#random.chance(0.5) ? { name } : { name, description: `about ${name}` };
  }

  /** Some fall due at once, some while the server is down. */
  #schedule(device: Device, chat: ModelChat) {
    const sendAt = this.#world.timeline.now() + this.#random.between(100, 12_000);
    this.#call(device, 'POST', '/api/messages/scheduled', {
      chat_id: chat.id,
      content: this.#text(),
      client_message_id: this.#random.uuid(),
      send_at: new Date(sendAt).toISOString(),
    });
  }

  #unschedule(device: Device) {
    const mine = [...this.#world.model.scheduled].filter(([, s]) => s.userId === device.userId);
    const [id] = this.#random.pick(mine) ?? [];
    if (id !== undefined) this.#call(device, 'DELETE', `/api/messages/scheduled/${id}`);
  }

  #settings() {
    if (this.#random.chance(0.3)) {
      return { notification_level: this.#random.pick(['all', 'mentions', 'none'] as const) };
    }
    const nickname = this.#random.chance(0.5) ? `nick ${++this.#texts}` : null;
    return this.#random.chance(0.5) ? { nickname } : this.#mute();
  }

  /** Some end in the run, before all is compared; some outlast it. */
  #mute() {
    if (this.#random.chance(0.6)) return { is_muted: this.#random.chance(0.5) };
    if (this.#random.chance(0.2)) return { muted_until: null };
    const ms = this.#random.chance(0.3) ? 3_600_000 : this.#random.between(100, 4_000);
    return { muted_until: new Date(this.#world.timeline.now() + ms).toISOString() };
  }

  #call(device: Device, method: string, path: string, body?: unknown) {
    void device.call(method, path, body).catch(() => {});
  }
}
