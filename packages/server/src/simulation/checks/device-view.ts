import type { Chat, ChatId, Message } from '@confab/protocol';
import type { PlainDevice } from '../devices/plain-device';
import type { SdkDevice } from '../devices/sdk-device';
import { isMuted, type ModelChat } from '../model/state';
import type { World } from '../world';
import { sameList } from './compare';
import { fixedByRevision, modelFixed } from './frames';

/** A client that only ever synced: it holds all there is. */
export function checkReplica(world: World, device: PlainDevice) {
  const fail = world.fail.bind(world);
  const mine = world.model.chatsOf(device.userId).sort((a, b) => a.id - b.id);
  const held = [...device.replica.chats].sort(([a], [b]) => a - b);
  const what = `${device.name}, by sync alone`;
  sameList(
    fail,
    '3',
    what,
    held.map(([id, c]) => [id, c.rev, c.lastSeq]),
    mine.map(place),
  );
  for (const chat of mine) {
    const replica = device.replica.chats.get(chat.id);
    if (!replica) continue;
    const messages = [...replica.messages.values()].sort((a, b) => a.seq - b.seq);
    const all = chat.messages.slice(replica.firstSeq - 1);
    const name = `${what}, chat ${chat.id}`;
    sameList(fail, '3', name, messages.map(fixedByRevision), all.map(modelFixed));
    sameList(fail, '3', `${name}, members`, rolesOf(replica.members.values()), modelRoles(chat));
  }
}

const place = (chat: ModelChat) => [chat.id, chat.rev, chat.lastSeq];
const rolesOf = (members: Iterable<{ user_id: number; role: string }>) =>
  Array.from(members, (m) => `${m.user_id} ${m.role}`).sort();
const modelRoles = (chat: ModelChat) =>
  Array.from(chat.members.values(), (m) => `${m.userId} ${m.role}`).sort();

/** What the SDK shows its app. All devices of a user show the same, as all show what is. */
export async function checkSdk(world: World, device: SdkDevice): Promise<void> {
  const { client } = device;
  if (!client) return world.fail('3', `${device.name} is not running`);
  const fail = world.fail.bind(world);
  const mine = world.model.chatsOf(device.userId).sort((a, b) => a.id - b.id);
  const looked = mine.filter(() => world.random.chance(0.3));
  for (const chat of looked) await client.joinChat(chat.id as ChatId);
  const shown = client.chats().toSorted((a, b) => a.id - b.id);
  const summaries = shown.map((c) => [
    c.id,
    c.rev,
    c.last_seq,
    c.my_role,
    c.is_muted,
    c.name,
    c.member_count,
  ]);
  const expected = mine.map((chat) => [
    ...place(chat),
    chat.members.get(device.userId)?.role,
    isMuted(chat.members.get(device.userId), world.model.now()),
    chat.name,
    chat.members.size,
  ]);
  sameList(fail, '3', `${device.name}'s chats`, summaries, expected);
  const unread = shown.map((chat) => [chat.id, chat.unread_count]);
  const isUnread = mine.map((chat) => [chat.id, unreadFor(device, chat)]);
  sameList(fail, '4', `${device.name}'s unread messages`, unread, isUnread);
  await checkMentionCounts(world, device);
  for (const chat of mine) checkSdkChat(world, device, chat);
  for (const chat of looked) checkSdkLook(world, device, chat);
  checkOutbox(world, device);
}

/** The app's counts of mentions are the server's, but for what was read and forgotten (see below). */
async function checkMentionCounts(world: World, device: SdkDevice): Promise<void> {
  const answer = await world.machine?.services.chats.list(device.userId, { limit: 100 });
  if (device.wasKilled || !answer) return;
  const counts = (chats: readonly Chat[]) =>
    chats.map((chat) => `${chat.id}: ${chat.mention_count}`).sort();
  const what = `${device.name}'s mentions`;
  const shown = device.client?.chats() ?? [];
  sameList(world.fail.bind(world), '4', what, counts(shown), counts(answer.items));
}

/** What was read without a connection is forgotten when the app is killed, but for its own view. */
function unreadFor(device: SdkDevice, chat: ModelChat): number {
  const unread = chat.unread(device.userId);
  const shown = device.client?.chat(chat.id as ChatId)?.unread_count ?? unread;
  return device.wasKilled ? Math.min(shown, unread) : unread;
}

function checkSdkChat(world: World, device: SdkDevice, chat: ModelChat) {
  const fail = world.fail.bind(world);
  const messages = device.client?.messages(chat.id as ChatId) ?? [];
  const all = chat.messages.slice(chat.lastSeq - messages.length);
  const what = `${device.name}'s chat ${chat.id}`;
  sameList(fail, '3', what, messages.map(fixedByRevision), all.map(modelFixed));
}

/** Members and receipts are asked for when a chat is looked at. */
function checkSdkLook(world: World, device: SdkDevice, chat: ModelChat) {
  // Who has left may still be shown, when details that were asked for before came after.
  const members = (device.client?.members(chat.id as ChatId) ?? []).filter((member) =>
    chat.members.has(member.user_id),
  );
  const fail = world.fail.bind(world);
  const what = `${device.name}'s chat ${chat.id}, members`;
  sameList(fail, '3', what, rolesOf(members), modelRoles(chat));
  const messages = device.client?.messages(chat.id as ChatId) ?? [];
  for (const message of messages.filter((m) => m.sender_id === device.userId)) {
    checkStatus(world, `${device.name}'s chat ${chat.id}`, chat, message);
  }
}

const RANK: Readonly<Record<string, number>> = { sent: 0, delivered: 1, read: 2 };

/** What was read once stays so for the SDK, whoever joined since. */
function checkStatus(world: World, what: string, chat: ModelChat, message: Message) {
  // Across a block nobody is told what reached the other one.
  const others = [...chat.members.keys()];
  const isTold = others.every((id) => !world.model.isApart(message.sender_id, id));
  const floor = chat.floorWithout(message.sender_id);
  if (!isTold) floor.delivered = floor.read;
  if (chat.members.size < 2 || message.content_type === 'system') return;
  const reached = floor.read >= message.seq ? 2 : floor.delivered >= message.seq ? 1 : 0;
  if ((RANK[message.status] ?? 0) < reached) {
    world.fail('5', `${what}: message ${message.seq} shows as ${message.status}, is ${reached}`);
  }
}

/** Every text that was written is there once, in its order, unless it was refused for good. */
function checkOutbox(world: World, device: SdkDevice) {
  for (const [chatId, texts] of device.written) {
    const failed = new Set(
      device.client?.pending(chatId as ChatId).map((entry) => entry.draft.content),
    );
    const wanted = texts.filter((text) => !failed.has(text));
    const places = wanted.map((text) => placesOf(world, chatId, device.userId, text));
    const lost = wanted.find((_, i) => places[i]?.length === 0);
    if (lost) world.fail('1', `${device.name} wrote “${lost}”; it is nowhere`);
    const doubled = wanted.find((_, i) => (places[i]?.length ?? 0) > 1);
    if (doubled) world.fail('2', `${device.name} wrote “${doubled}” once; it is there twice`);
    const order = places.flat();
    if (order.some((seq, i) => seq < (order[i - 1] ?? 0))) {
      world.fail('3', `${device.name} wrote in chat ${chatId} in another order than ${order}`);
    }
  }
}

/** Where a text was sent to; edits and deletions since do not matter. */
function placesOf(world: World, chatId: number, userId: number, text: string): number[] {
  const chat = world.model.chats.get(chatId);
  return (chat?.changes ?? []).flatMap((change) =>
    change.kind === 'sent' && change.message.senderId === userId && change.message.content === text
      ? [change.message.seq]
      : [],
  );
}
