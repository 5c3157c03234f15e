import type { Ack, Chat, ChatId, CommandInput, Envelope, Message } from '@confab/protocol';
import type { ConfabClient } from './client';
import { ClientError } from './errors';
import type { FileInput, FileSource } from './media/source';
import type { Draft } from './outbox/entry';
import type { Deliver } from './outbox/outbox';

export type SendCommand = CommandInput<'send_message'>;

/** What of a message in an encrypted chat the server may not know, besides its text. Plain data. */
export interface SecretPart {
  /** Users whom the text mentions. */
  readonly mentions?: readonly number[];
  /** Encrypted files; see `MediaSecret` in `./e2ee`. */
  readonly media?: readonly unknown[];
  /** In place of a message: a reaction, or the statement that a message was deleted. */
  readonly statement?: unknown;
}

/** What is said of a message by a message of its own. */
export type Statement =
  | { readonly kind: 'deletion' }
  | { readonly kind: 'reaction'; readonly emoji: string; readonly remove?: true };

/** A message on its way, with what is encrypted besides its text. */
export type OpenCommand = SendCommand & { readonly secret?: SecretPart | undefined };

/** A file for an encrypted message. */
export interface SealedFile {
  /** As the server may see it. */
  readonly source: FileSource;
  /** What goes into `SecretPart.media`; known once all of `source` was read, and its id. */
  secret(mediaId: number): Promise<unknown>;
}

/** What the readers of an encrypted file are told of it, so that they need not fetch it to show it. */
export interface FileDescription {
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
  /** base64url. */
  readonly thumbhash?: string;
  /** At most 64 loudnesses from 0 to 100. */
  readonly waveform?: readonly number[];
}

/** Encrypts what a client sends to encrypted chats and opens what comes: `Encryption` in `./e2ee`. */
export interface Cipher {
  /** Begins to follow this client. */
  attach(client: ConfabClient): void;
  /** Resolves once `isEncrypted` knows what earlier runs knew: nothing leaves before. */
  ready(): Promise<void>;
  /** Whether a chat was ever known to be encrypted: the server cannot take that back. */
  isEncrypted(chatId: ChatId): boolean;
  /**
   * Fails at once where nothing may be sent, such as to a verified contact whose key changed, or a
   * file that is not encrypted.
   */
  check(chatId: ChatId, draft: Draft): Promise<void>;
  sealFile(file: FileInput, description: FileDescription): Promise<SealedFile>;
  /** The command as the server may see it. */
  seal(command: OpenCommand): Promise<SendCommand>;
  sealEdit(message: Message, content: string): Promise<Envelope>;
  /**
   * Fails where nothing is said of a message: the server tells it as another one than was opened, or
   * it is not this user's to delete.
   */
  checkStatement(message: Message, statement: Statement): Promise<void>;
  /** The server takes nothing more under the epoch of this envelope. */
  stale(chatId: ChatId, envelope: Envelope): Promise<void>;
  /** Opens what did not come by events, such as a page of history. */
  take(messages: readonly Message[]): Promise<void>;
  /** A chat as it is shown: what is no message of its own does not count as unread. */
  shown(chat: Chat): Chat;
}

/** How often a message is encrypted anew when members or devices change at the same time. */
const TRIES = 6;

export interface SealingOptions {
  readonly cipher: () => Cipher | null;
  /** A chat that is held, or else what the server says of it. */
  readonly chat: (chatId: ChatId) => Promise<Chat>;
  readonly send: (command: SendCommand) => Promise<Ack<'send_message'>>;
}

/** Sends messages: those of encrypted chats encrypted, right before they leave, or not at all. */
export function sealing({ cipher, chat, send }: SealingOptions): Deliver {
  return async ({ secret, ...command }) => {
    const sealer = cipher();
    await sealer?.ready();
    const chatId = command.chat_id as ChatId;
    const isEncrypted = sealer?.isEncrypted(chatId) || (await chat(chatId)).is_encrypted;
    if (!isEncrypted) return send(command);
    if (!sealer) throw cannotEncrypt('This chat is encrypted, and this client cannot encrypt');
    return resealing(sealer, chatId, async () => {
      const sealed = await sealer.seal({ ...command, secret });
      return [sealed.envelope, () => send(sealed)];
    });
  };
}

/** Encrypts anew as long as the server wants another epoch. */
export async function resealing<T>(
  cipher: Cipher,
  chatId: ChatId,
  make: () => Promise<readonly [Envelope | null | undefined, () => Promise<T>]>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const [envelope, send] = await make();
    try {
      return await send();
    } catch (error) {
      const isStale = error instanceof ClientError && error.code === 'stale_epoch';
      if (!isStale || !envelope || tries === TRIES) throw error;
      await cipher.stale(chatId, envelope);
    }
  }
}

export const cannotEncrypt = (detail: string, cause?: unknown): ClientError =>
  new ClientError('cannot_encrypt', detail, { cause });
