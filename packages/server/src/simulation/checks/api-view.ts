import type { Chat, ChatMember, Message } from '@confab/protocol';
import type { SimulatedUser } from '../devices/device';
import type { Model } from '../model/model';
import { isMuted, type ModelChat, type ModelMessage } from '../model/state';
import type { World } from '../world';
import { sameList } from './compare';
import { fixedByRevision, modelFixed } from './frames';

/** What a user gets from the services, as REST would answer it, compared with the model. */
export async function checkApiView(world: World, user: SimulatedUser): Promise<void> {
  const services = world.machine?.services;
  if (!services) throw new Error('The server is down');
  const { items } = await services.chats.list(user.id, { limit: 100 });
  const mine = world.model.chatsOf(user.id).sort((a, b) => a.id - b.id);
  const fail = world.fail.bind(world);
  const shown = items.toSorted((a, b) => a.id - b.id).map(summary);
  sameList(
    fail,
    '3',
    `${user.username}'s chats`,
    shown,
    mine.map((chat) => modelSummary(chat, user, world.model.now())),
  );
  for (const chat of mine) {
    const { members } = await services.chats.details(user.id, chat.id);
    sameList(
      fail,
      '5',
      `members of ${chat.id}`,
      members.map(member).sort(),
      modelMembers(chat, user.id, world.model.now()),
    );
    const messages = await history(world, user, chat);
    const what = `${user.username}'s history of chat ${chat.id}`;
    sameList(fail, '3', what, messages.map(fixedByRevision), chat.messages.map(modelFixed));
    const statuses = messages.map((message) => message.status);
    sameList(
      fail,
      '5',
      `${what}, status`,
      statuses,
      chat.messages.map((m) => statusIn(world.model, chat, m)),
    );
    checkQuotes(world, chat, messages);
  }
}

const summary = (chat: Chat) => [
  chat.id,
  chat.rev,
  chat.last_seq,
  chat.member_count,
  chat.unread_count,
  chat.my_role,
  chat.is_muted,
  chat.disappear_after_s,
  chat.nickname,
  chat.name,
  chat.last_message?.seq ?? 0,
];

function modelSummary(chat: ModelChat, user: SimulatedUser, now: number) {
  const me = chat.members.get(user.id);
  return [
    chat.id,
    chat.rev,
    chat.lastSeq,
    chat.members.size,
    chat.unread(user.id),
    me?.role,
    isMuted(me, now),
    chat.disappearAfterS,
    me?.nickname,
    chat.name,
    chat.lastSeq,
  ];
}

const member = (m: ChatMember) => [m.user_id, m.role, m.nickname, m.is_muted].join(' ');
/** Whether others are muted is not for the viewer to know. */
const modelMembers = (chat: ModelChat, viewerId: number, now: number) =>
  [...chat.members.values()]
    .map((m) => [m.userId, m.role, m.nickname, m.userId === viewerId && isMuted(m, now)].join(' '))
    .sort();

/** The whole history, page by page, with pages of all sizes, from either end. */
async function history(world: World, user: SimulatedUser, chat: ModelChat): Promise<Message[]> {
  const messages = world.machine?.services.messages;
  const found: Message[] = [];
  const forwards = world.random.chance(0.5) && chat.messages[0] !== undefined;
  const first = chat.messages[0]?.id as Message['id'];
  let next = forwards ? { around: first, limit: 1 } : { limit: 1 + world.random.below(60) };
  for (let pages = 0; messages && pages < 500; pages++) {
    const page = await messages.page(user.id, chat.id, next as never);
    if (forwards) found.push(...page.items);
    else found.unshift(...page.items);
    const limit = 1 + world.random.below(60);
    const id = forwards ? page.next_after : page.next_before;
    if (id === null) return found;
    next = (forwards ? { after: id, limit } : { before: id, limit }) as never;
  }
  return found;
}

function statusIn(model: Model, chat: ModelChat, message: ModelMessage): string {
  if (message.contentType === 'system') return 'sent';
  const floor = chat.floorWithout(message.senderId);
  // Across a block nobody is told what reached the other one.
  const members = [...chat.members.keys()];
  if (members.some((id) => model.isApart(message.senderId, id))) floor.delivered = floor.read;
  if (floor.read >= message.seq) return 'read';
  return floor.delivered >= message.seq ? 'delivered' : 'sent';
}

function checkQuotes(world: World, chat: ModelChat, messages: readonly Message[]) {
  for (const { id, reply_to } of messages) {
    const quoted = reply_to && chat.messageById(reply_to.id);
    if (!reply_to || !quoted) continue;
    const isRight =
      reply_to.content === quoted.content.slice(0, 200) && reply_to.is_deleted === quoted.isDeleted;
    if (!isRight) world.fail('3', `message ${id} quotes ${JSON.stringify(reply_to)} wrongly`);
  }
}
