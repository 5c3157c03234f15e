import { LIMITS } from '@confab/protocol';
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';
import { toast } from '../../ui/toasts';
import { sizeText } from '../media/figures';

/** A file that will be sent with the next message. */
export interface PendingFile {
  readonly id: number;
  readonly file: File;
  readonly isVoice: boolean;
  /** Where the page shows it from, of pictures and films. */
  readonly preview: string | null;
}

const pending = new Map<ChatId, Signal<readonly PendingFile[]>>();
let last = 0;

function held(chatId: ChatId): Signal<readonly PendingFile[]> {
  const known = pending.get(chatId) ?? signal<readonly PendingFile[]>([]);
  pending.set(chatId, known);
  return known;
}

/** The files that the next message of a chat will have. */
export const pendingOf = (chatId: ChatId): ReadonlySignal<readonly PendingFile[]> => held(chatId);

const isPicture = ({ type }: File) => /^(image|video)\//.test(type);

const pendingFile = (file: File, isVoice: boolean): PendingFile => ({
  id: ++last,
  file,
  isVoice,
  preview: isPicture(file) ? URL.createObjectURL(file) : null,
});

/** A recorded voice message, to be sent as it is. */
export const voiceFile = (file: File): PendingFile => pendingFile(file, true);

/** The largest file that the server takes, in bytes; null while nobody knows: then the server will tell. */
let mostBytes: number | null = null;

/** Asks for it ahead of the first file. */
export async function learnLimit(): Promise<void> {
  mostBytes ??= await session.client.maxFileBytes().catch(() => null);
}

/** Adds files to the next message, and tells of those that cannot be sent. */
export function addFiles(chatId: ChatId, files: readonly File[], { isVoice = false } = {}): void {
  const list = held(chatId);
  const fitting = files.filter(isSendable);
  const room = LIMITS.filesPerMessage - list.value.length;
  if (fitting.length > room) toast(t('composer.tooMany', { count: LIMITS.filesPerMessage }));
  const added = fitting.slice(0, room).map((file) => pendingFile(file, isVoice));
  list.value = [...list.value, ...added];
  if (mostBytes === null) void learnLimit().then(() => removeTooLarge(chatId));
}

function removeTooLarge(chatId: ChatId): void {
  for (const { id, file } of held(chatId).value) if (!isSendable(file)) removeFile(chatId, id);
}

function isSendable({ name, size }: File): boolean {
  if (size === 0) toast(t('composer.emptyFile', { name }));
  else if (mostBytes !== null && size > mostBytes) {
    toast(t('composer.tooLarge', { name, size: sizeText(size), most: sizeText(mostBytes) }));
  } else return true;
  return false;
}

export function removeFile(chatId: ChatId, id: number): void {
  const files = held(chatId);
  release(files.value.filter((file) => file.id === id));
  files.value = files.value.filter((file) => file.id !== id);
}

/** Takes them all out, to be sent; whoever does so releases them. */
export function takeFiles(chatId: ChatId): readonly PendingFile[] {
  const files = held(chatId);
  const taken = files.value;
  files.value = [];
  return taken;
}

/** Their previews are needed no more. */
export function release(files: readonly PendingFile[]): void {
  for (const { preview } of files) if (preview !== null) URL.revokeObjectURL(preview);
}

effect(() => {
  if (session.phase.value !== 'signed-out') return;
  for (const files of pending.values()) {
    release(files.peek());
    files.value = [];
  }
});
