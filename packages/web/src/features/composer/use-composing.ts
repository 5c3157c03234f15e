import { LIMITS } from '@confab/protocol';
import { signal } from '@preact/signals';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat, ChatId, Message, MessageId } from '../../state/types';
import { attempt, faultText } from '../../ui/faults';
import { toast } from '../../ui/toasts';
import { targetOf } from '../conversation/compose-target';
import { shownOf } from '../encryption/view';
import { draftOf, setDraft } from './drafts';
import { bytesOf } from './field-text';
import { pendingOf, takeFiles } from './pending-files';
import { type Cargo, deliver } from './shipment';
import { ship } from './shipments';

/** New texts of messages that are being changed. The draft beside them stays as it is. */
const edits = signal<ReadonlyMap<MessageId, string>>(new Map());

// What was not saved goes with its user.
session.onClient(() => {
  edits.value = new Map();
});

function setEdit(messageId: MessageId, text: string | null): void {
  const next = new Map(edits.value);
  if (text === null) next.delete(messageId);
  else next.set(messageId, text);
  edits.value = next;
}

export interface Composing {
  readonly text: string;
  readonly isEdit: boolean;
  /** Bytes until the limit; negative when it is passed. */
  readonly room: number;
  readonly canSend: boolean;
  setText(text: string): void;
  /** @param sendAt when the server shall send it, ISO 8601 */
  send(sendAt?: string | null): void;
  /** Ends the answer or the change. @returns whether there was one */
  end(): boolean;
  /** Begins to change the last message of one's own. */
  editLast(): void;
}

/** What is being written in a chat, and what can be done with it. */
export function useComposing(chat: Chat): Composing {
  const target = targetOf(chat.id).value;
  const edited = target?.kind === 'edit' ? target.message : null;
  const text = edited ? editText(edited) : draftOf(chat.id).value;
  const hasFiles = !edited && pendingOf(chat.id).value.length > 0;
  const room = LIMITS.messageBytes - bytesOf(text);
  const isEmpty = text.trim() === '' && !hasFiles && !edited?.media.length;
  const canSend = room >= 0 && !isEmpty;
  return {
    text,
    isEdit: edited !== null,
    room,
    canSend,
    setText: (next) => write(chat.id, edited, next),
    send: (sendAt = null) => {
      if (room < 0) toast(t('composer.tooLong', { count: -room }));
      if (!canSend) return;
      if (edited) void submitEdit(chat.id, edited, trimmed(text));
      else submit(cargoOf(chat, text, sendAt));
    },
    end: () => end(chat.id),
    editLast: () => editLast(chat.id),
  };
}

const editText = (message: Message) => edits.value.get(message.id) ?? shownOf(message).text;

/** Lines may be indented: spaces before the first word belong to it. */
const trimmed = (text: string) => text.replace(/^(\s*\n)+/, '').trimEnd();

function write(chatId: ChatId, edited: Message | null, text: string): void {
  if (edited) {
    setEdit(edited.id, text);
    return;
  }
  setDraft(chatId, text);
  if (text === '') session.client.stopTyping(chatId);
  else session.client.typing(chatId);
}

function cargoOf(chat: Chat, text: string, sendAt: string | null): Cargo {
  const target = targetOf(chat.id).peek();
  const replyTo = target?.kind === 'reply' ? target.message.id : null;
  const { id: chatId } = chat;
  return { chatId, text: trimmed(text), replyTo, files: takeFiles(chatId), sendAt };
}

function submit(cargo: Cargo): void {
  const target = targetOf(cargo.chatId);
  const before = target.peek();
  setDraft(cargo.chatId, '');
  target.value = null;
  if (cargo.files.length > 0) {
    ship(cargo);
    return;
  }
  void deliver(cargo, {}).then(
    () => cargo.sendAt && toast(t('composer.scheduled', { moment: momentOf(cargo.sendAt) })),
    (fault: unknown) => {
      toast(faultText(fault));
      // What was typed meanwhile is more than what was not sent.
      if (draftOf(cargo.chatId).peek() !== '') return;
      setDraft(cargo.chatId, cargo.text);
      target.value = before;
    },
  );
}

async function submitEdit(chatId: ChatId, message: Message, text: string): Promise<void> {
  if (text !== shownOf(message).text) {
    const isDone = await attempt(() => session.client.edit(message, text));
    if (!isDone) return;
  }
  setEdit(message.id, null);
  if (targetOf(chatId).peek()?.message.id === message.id) targetOf(chatId).value = null;
}

function end(chatId: ChatId): boolean {
  const target = targetOf(chatId);
  if (!target.value) return false;
  if (target.value.kind === 'edit') setEdit(target.value.message.id, null);
  target.value = null;
  return true;
}

function editLast(chatId: ChatId): void {
  const { client } = session;
  const isMine = (message: Message) =>
    message.sender_id === client.userId &&
    message.content_type !== 'system' &&
    ['plain', 'shown'].includes(shownOf(message).state);
  const message = client.messages(chatId).findLast(isMine);
  if (message) targetOf(chatId).value = { kind: 'edit', message };
}
