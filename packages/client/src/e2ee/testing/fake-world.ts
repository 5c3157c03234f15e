import { ClientError } from '../../errors';
import type { SignedDeviceList } from '../devices/device-list';
import { readList } from '../devices/device-list';
import type { ChatServer } from '../engine/chat-server';
import {
  type ApprovalState,
  type DeviceDescription,
  type KeyServer,
  type NamedRequest,
  Outrun,
  type StoredBackup,
} from '../engine/key-server';
import type { Delivered } from '../engine/opened';
import type { PostedEpoch } from '../epochs/epoch';
import { keyId } from '../keys/wrapping';
import { type MemberRole, readEntry, type SignedEntry } from '../membership/entry';
import type { Envelope } from '../messages/envelope';

export interface FakeRoom {
  readonly kind: 'direct' | 'group';
  readonly members: Map<number, MemberRole>;
  readonly log: SignedEntry[];
  readonly epochs: PostedEpoch[];
  readonly messages: Delivered[];
  isStale: boolean;
}

interface FakeUser {
  readonly lists: SignedDeviceList[];
  readonly devices: Map<string, DeviceDescription & { kid: string }>;
  backup: StoredBackup;
  readonly approvals: Map<string, { request: NamedRequest; state: ApprovalState }>;
}

/** An honest server in memory: what it stores, compares and sets, as docs/encryption.md says. */
export class FakeWorld {
  readonly users = new Map<number, FakeUser>();
  readonly rooms = new Map<number, FakeRoom>();
  #lastId = 0;

  user(id: number): FakeUser {
    const known = this.users.get(id);
    if (known) return known;
    const made: FakeUser = {
      lists: [],
      devices: new Map(),
      backup: { version: 0, backup: null },
      approvals: new Map(),
    };
    this.users.set(id, made);
    return made;
  }

  room(id: number): FakeRoom {
    const room = this.rooms.get(id);
    if (!room) throw new ClientError('not_found', 'There is no such chat');
    return room;
  }

  roomOf(user: number, id: number): FakeRoom {
    const room = this.room(id);
    if (!room.members.has(user)) throw new ClientError('not_found', 'There is no such chat');
    return room;
  }

  makeRoom(kind: 'direct' | 'group', owner: number, others: readonly number[]): number {
    const id = ++this.#lastId;
    const role = (user: number): MemberRole =>
      kind === 'group' && user === owner ? 'owner' : 'member';
    const members = new Map([owner, ...others].map((user) => [user, role(user)]));
    this.rooms.set(id, { kind, members, log: [], epochs: [], messages: [], isStale: false });
    return id;
  }

  /** Takes a message as the real server does: under the newest epoch alone, and each id once. */
  send(user: number, chat: number, clientMessageId: string, envelope: Envelope): Delivered {
    const room = this.roomOf(user, chat);
    const known = room.messages.find((one) => one.client_message_id === clientMessageId);
    if (known) return known;
    this.#mustBeCurrent(room, envelope);
    const message: Delivered = {
      id: ++this.#lastId,
      chat_id: chat,
      seq: room.messages.length + 1,
      sender_id: user,
      client_message_id: clientMessageId,
      is_edited: false,
      envelope,
    };
    room.messages.push(message);
    return message;
  }

  edit(user: number, chat: number, id: number, envelope: Envelope): Delivered {
    const room = this.roomOf(user, chat);
    const index = room.messages.findIndex((one) => one.id === id && one.sender_id === user);
    const before = room.messages[index];
    if (!before) throw new ClientError('not_found', 'There is no such message');
    this.#mustBeCurrent(room, envelope);
    const edited = { ...before, is_edited: true, envelope };
    room.messages[index] = edited;
    return edited;
  }

  /** Every chat of this user needs a new epoch. */
  stale(user: number): void {
    for (const room of this.rooms.values()) {
      if (room.members.has(user)) room.isStale = true;
    }
  }

  as(user: number): KeyServer & ChatServer {
    return { ...keyCalls(this, user), ...approvalCalls(this, user), ...chatCalls(this, user) };
  }

  #mustBeCurrent(room: FakeRoom, { h }: Envelope): void {
    const header = JSON.parse(Buffer.from(h, 'base64url').toString());
    if (room.isStale || header.epoch !== room.epochs.length) {
      throw new ClientError('stale_epoch' as never, 'Another epoch is needed');
    }
  }
}

async function putList(world: FakeWorld, user: number, list: SignedDeviceList): Promise<void> {
  const known = world.user(user);
  if (readList(list.text).version !== known.lists.length + 1) throw new Outrun('stale_list');
  known.lists.push(list);
  const ids = new Set(readList(list.text).devices.map((device) => device.device_id));
  for (const id of known.devices.keys()) if (!ids.has(id)) known.devices.delete(id);
  world.stale(user);
}

async function register(world: FakeWorld, user: number, device: DeviceDescription): Promise<void> {
  const kid = await keyId(device.public_key);
  world.user(user).devices.set(device.device_id, { ...device, kid });
}

type ApprovalCalls =
  | 'requestApproval'
  | 'approvalRequests'
  | 'approvalState'
  | 'grantApproval'
  | 'refuseApproval';
type ChatCalls = 'membershipLog' | 'appendMembership' | 'epochs' | 'postEpoch';

function keyCalls(world: FakeWorld, user: number): Omit<KeyServer, ApprovalCalls | ChatCalls> {
  const own = () => world.user(user);
  return {
    deviceList: async (id) => world.user(id).lists.at(-1) ?? null,
    deviceLists: async (id) => [...world.user(id).lists],
    registerDevice: async (device, list) => {
      await putList(world, user, list);
      await register(world, user, device);
    },
    putDeviceList: (list) => putList(world, user, list),
    devices: async () =>
      [...own().devices.values()].map((device) => ({
        ...device,
        created_at: '2026-01-01T00:00:00.000Z',
        last_seen: null,
      })),
    backup: async () => own().backup,
    putBackup: async (version, backup) => {
      if (version !== own().backup.version) throw new Outrun('stale_backup');
      own().backup = { version: version + 1, backup };
      return version + 1;
    },
  };
}

function approvalCalls(world: FakeWorld, user: number): Pick<KeyServer, ApprovalCalls> {
  const { approvals } = world.user(user);
  return {
    requestApproval: async (request) => {
      approvals.set(request.device_id, { request, state: { state: 'pending' } });
    },
    approvalRequests: async () =>
      [...approvals.values()]
        .filter(({ state }) => state.state === 'pending')
        .map(({ request }) => request),
    approvalState: async (id) => approvals.get(id)?.state ?? null,
    grantApproval: async (id, list, grant) => {
      const asked = approvals.get(id);
      if (!asked) throw new ClientError('not_found', 'No device asks for that');
      await putList(world, user, list);
      await register(world, user, asked.request);
      approvals.set(id, { ...asked, state: { state: 'granted', grant } });
    },
    refuseApproval: async (id) => {
      const asked = approvals.get(id);
      if (asked) approvals.set(id, { ...asked, state: { state: 'refused' } });
    },
  };
}

function chatCalls(world: FakeWorld, user: number): Pick<KeyServer, ChatCalls> & ChatServer {
  const room = (chat: number) => world.roomOf(user, chat);
  return {
    membershipLog: async (chat, from) => room(chat).log.slice(from),
    appendMembership: async (chat, entry) => {
      if (readEntry(entry.entry).n !== room(chat).log.length) throw new Outrun('stale_log');
      room(chat).log.push(entry);
    },
    epochs: async (chat, deviceId, after) => slices(world, user, room(chat), deviceId, after),
    postEpoch: async (chat, epoch) => {
      const isNext = epoch.epoch === room(chat).epochs.length + 1;
      if (!isNext || !reachesWhole(world, room(chat), epoch)) throw new Outrun('stale_epoch');
      room(chat).epochs.push(epoch);
      room(chat).isStale = false;
    },
    facts: async (chat) => ({ kind: room(chat).kind, isEncrypted: true }),
    members: async (chat) => [...room(chat).members.keys()],
    addMember: async (chat, added, role) => {
      if (room(chat).members.has(added)) return;
      room(chat).members.set(added, role);
      room(chat).isStale = true;
    },
    removeMember: async (chat, removed) => {
      const held = room(chat);
      if (held.members.delete(removed)) held.isStale = true;
    },
    setRole: async (chat, changed, role) => {
      room(chat).members.set(changed, role);
    },
  };
}

/** Only current devices of members get keys, and who gets them gets them on every device. */
function reachesWhole(world: FakeWorld, { members }: FakeRoom, { jwe }: PostedEpoch): boolean {
  const wrapped = new Set(jwe.recipients.map((one) => one.header.kid));
  const kids = [...members.keys()].map((user) =>
    [...world.user(user).devices.values()].map(({ kid }) => kid),
  );
  const reached = kids.filter((own) => own.some((kid) => wrapped.has(kid))).flat();
  return reached.length === wrapped.size && reached.every((kid) => wrapped.has(kid));
}

function slices(
  world: FakeWorld,
  user: number,
  { epochs }: FakeRoom,
  deviceId: string,
  after: number,
): PostedEpoch[] {
  const device = world.user(user).devices.get(deviceId);
  if (!device) throw new ClientError('not_found', 'There is no such device');
  return epochs
    .filter(({ epoch }) => epoch > after)
    .map(({ epoch, jwe, sig }) => ({
      epoch,
      sig,
      jwe: { ...jwe, recipients: jwe.recipients.filter((one) => one.header.kid === device.kid) },
    }));
}
