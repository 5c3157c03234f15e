import type { ErrorCode } from '@confab/protocol';
import type { Erased } from '../../features/expiry/writes';
import type { PinnedMessage } from '../../features/messages/pin-writes';
import type { WatermarkRow } from '../../features/messages/receipt-writes';
import type { SendInput, Sent } from '../../features/messages/send-write';
import type { ChangedMessage, MessageActor } from '../../features/messages/stored-writes';
import { Telling } from './chat-rules';
import type { Model, Verdict } from './model';
import { FRESH, isGone, type ModelChat, type ModelMessage, tombstone } from './state';

/** What the contract says of messages, in the plainest way. */

export function send(model: Model, input: SendInput): Verdict<Sent> {
  const key = `${input.senderId} ${input.clientMessageId}`;
  const first = input.clientMessageId === null ? undefined : model.sentBy.get(key);
  if (first) return { accept: (sent) => model.same('the answer', answerOf(sent), first, '2') };
  const chat = model.chatOf(input.chatId, input.senderId);
  if (!chat) return { refuse: 'not_found' };
  if (model.isBlocked(chat)) return { refuse: 'blocked' };
  if (input.replyToId !== null && !chat.messageById(input.replyToId)) {
    return { refuse: 'not_found' };
  }
  return {
    accept: (sent) => {
      const { disappearAfterS } = chat;
      const endsAt = disappearAfterS > 0 ? input.at + disappearAfterS * 1000 : null;
      const message = chat.append({
        ...FRESH,
        id: model.freshId('message', sent.id),
        senderId: input.senderId,
        content: input.content,
        contentType: input.contentType,
        replyToId: input.replyToId,
        clientMessageId: input.clientMessageId,
        at: input.at,
        expiresAt: endsAt,
        endsAt,
      });
      model.same('the end of a message', sent.expiresAt, endsAt, '9');
      const answer = { id: message.id, chatId: chat.id, seq: message.seq, rev: message.rev };
      model.same('a new message', answerOf(sent), { ...answer, at: input.at });
      if (sent.duplicate) model.disagree('a new message is called a duplicate');
      if (input.clientMessageId !== null) model.sentBy.set(key, { ...answer, at: input.at });
    },
  };
}

const answerOf = ({ id, chatId, seq, rev, at }: Sent) => ({ id, chatId, seq, rev, at });

/** The chat and the message, as far as the actor may know of them. */
function find(model: Model, input: MessageActor): [ModelChat, ModelMessage] | undefined {
  const chat = model.chatOf(input.chatId, input.actorId);
  const message = chat?.messageById(input.messageId);
  return chat && message && [chat, message];
}

type Next = ModelMessage | undefined | ErrorCode;

/** @param next the message as it becomes; undefined when it is so already; else why not */
function change(
  model: Model,
  input: MessageActor,
  kind: 'changed' | 'deleted',
  next: (message: ModelMessage, chat: ModelChat) => Next,
): Verdict<ChangedMessage> {
  const found = find(model, input);
  if (!found) return { refuse: 'not_found' };
  const [chat, message] = found;
  const after = next(message, chat);
  if (typeof after === 'string') return { refuse: after };
  return {
    accept: (told) => {
      const now = after ? chat.replace(after, kind) : message;
      model.same('a change', told.changed, after !== undefined);
      model.same('the revision of a change', told.row.rev, now.rev);
      model.same('the content of a change', told.row.content, now.content);
    },
  };
}

export function edit(model: Model, input: MessageActor & { content: string }) {
  return change(model, input, 'changed', (message, chat) => {
    if (message.senderId !== input.actorId || message.contentType === 'system') return 'forbidden';
    if (isGone(message, input.at)) return 'message_deleted';
    if (message.content === input.content) return undefined;
    if (model.isBlocked(chat)) return 'blocked';
    return { ...message, content: input.content, isEdited: true };
  });
}

export function remove(model: Model, input: MessageActor) {
  return change(model, input, 'deleted', (message, chat) => {
    const role = chat.members.get(input.actorId)?.role;
    const may = message.senderId === input.actorId || role !== 'member';
    if (message.contentType === 'system' || !may) return 'forbidden';
    if (message.isDeleted) return undefined;
    return tombstone(message);
  });
}

export function react(model: Model, input: MessageActor & { emoji: string; add: boolean }) {
  return change(model, input, 'changed', (message, chat) => {
    if (isGone(message, input.at)) return 'message_deleted';
    if (input.add && model.isBlocked(chat)) return 'blocked';
    const mine = `${input.emoji} ${input.actorId}`;
    if (message.reactions.includes(mine) === input.add) return undefined;
    const others = message.reactions.filter((reaction) => reaction !== mine);
    return { ...message, reactions: input.add ? [...others, mine].sort() : others };
  });
}

export function pin(
  model: Model,
  input: MessageActor & { pinned: boolean },
): Verdict<PinnedMessage> {
  const verdict = change(model, input, 'changed', (message, chat) => {
    const role = chat.members.get(input.actorId)?.role;
    if (chat.type === 'group' && role === 'member') return 'forbidden';
    if (input.pinned && isGone(message, input.at)) return 'message_deleted';
    if (input.pinned && message.contentType === 'system') return 'forbidden';
    if (input.pinned && model.isBlocked(chat)) return 'blocked';
    if ((message.pinnedAt !== null) === input.pinned) return undefined;
    const newest = Math.max(0, ...chat.messages.map((each) => each.pinnedAt ?? 0));
    return { ...message, pinnedAt: input.pinned ? Math.max(input.at, newest + 1) : null };
  });
  if ('refuse' in verdict) return verdict;
  return {
    accept: (told) => {
      verdict.accept(told);
      const [chat] = find(model, input) ?? [];
      model.same(
        'whether a pin is told of',
        told.notice !== undefined,
        input.pinned && told.changed,
      );
      if (!chat || !told.notice) return;
      new Telling(model, chat, [told.notice]).next(input.actorId, 'message_pinned', null);
    },
  };
}

/** Of messages whose time is over nothing stays but their places. */
export function expire(
  model: Model,
  input: { chatId: number; messageIds: readonly number[] },
): Verdict<Erased> {
  return {
    accept: ({ messages }) => {
      const chat = model.chats.get(input.chatId);
      const ended = chat?.isActive ? chat.messages : [];
      const living = ended.filter((m) => input.messageIds.includes(m.id) && !m.isDeleted);
      const early = living.find((message) => !isGone(message, model.now()));
      if (early) model.disagree(`message ${early.id} is erased before its time`, '9');
      const after = living.map((message) => chat?.replace(tombstone(message), 'deleted'));
      const told = messages.map((row) => [row.id, row.rev, row.content]);
      model.same(
        'what disappeared',
        told,
        after.map((m) => [m?.id, m?.rev, '']),
        '9',
      );
    },
  };
}

export function advance(model: Model, input: { rows: readonly WatermarkRow[] }): Verdict<null> {
  return {
    accept: () => {
      for (const { chatId, userId, readSeq, deliveredSeq } of input.rows) {
        const chat = model.chats.get(chatId);
        if (!chat?.members.has(userId)) continue;
        if (Math.max(readSeq, deliveredSeq) > chat.lastSeq) {
          model.disagree(`user ${userId} got more of chat ${chatId} than there is`, '5');
        }
        chat.see(userId, readSeq, deliveredSeq);
      }
    },
  };
}
