import { type Cipher, ClientError, type ConfabClient } from '@confab/client';
import type { Encryption } from '@confab/client/e2ee';
import { t } from '../../i18n';
import type { Chat, ChatId, Message } from '../../state/types';

type Params<K extends keyof Cipher> = Parameters<Cipher[K]>;
type Result<K extends keyof Cipher> = ReturnType<Cipher[K]>;

export interface LateCipherOptions {
  /** Loads the encryption, once, and answers when it was started. */
  readonly load: () => Promise<Encryption>;
  /** The same, once this browser has keys; null when the user does not want that. */
  readonly takePart: () => Promise<Encryption | null>;
  /** What is loaded already. */
  readonly loaded: () => Encryption | null;
  /** Whether a chat is known to be encrypted before anything is loaded. */
  readonly isKnown: (chatId: ChatId) => boolean;
  /** A verified contact has other keys: asks the user. Answers whether to send now. */
  readonly resolve: (chatId: ChatId) => Promise<boolean>;
}

/**
 * Stands in for the encryption, whose code is loaded when it is needed: what is to be encrypted waits
 * for it, and nothing goes to an encrypted chat openly meanwhile.
 */
export class LateCipher implements Cipher {
  readonly #options: LateCipherOptions;

  constructor(options: LateCipherOptions) {
    this.#options = options;
  }

  attach(_client: ConfabClient): void {}

  /** What is known of earlier visits is read at once, without the encryption. */
  async ready(): Promise<void> {}

  isEncrypted(chatId: ChatId): boolean {
    const { loaded, isKnown } = this.#options;
    return isKnown(chatId) || (loaded()?.isEncrypted(chatId) ?? false);
  }

  async check(...[chatId, draft]: Params<'check'>): Promise<void> {
    const encryption = await this.#options.takePart();
    if (!encryption) throw new ClientError('cannot_encrypt', t('encryption.notWithoutKeys'));
    try {
      await encryption.check(chatId, draft);
    } catch (fault) {
      const isChanged = fault instanceof ClientError && fault.code === 'identity_changed';
      if (!isChanged || !(await this.#options.resolve(chatId))) throw fault;
      await encryption.check(chatId, draft);
    }
  }

  async sealFile(...input: Params<'sealFile'>): Promise<Awaited<Result<'sealFile'>>> {
    return (await this.#options.load()).sealFile(...input);
  }

  async seal(...input: Params<'seal'>): Promise<Awaited<Result<'seal'>>> {
    return (await this.#options.load()).seal(...input);
  }

  async sealEdit(...input: Params<'sealEdit'>): Promise<Awaited<Result<'sealEdit'>>> {
    return (await this.#options.load()).sealEdit(...input);
  }

  async checkStatement(...input: Params<'checkStatement'>): Promise<void> {
    await (await this.#options.load()).checkStatement(...input);
  }

  async stale(...input: Params<'stale'>): Promise<void> {
    await (await this.#options.load()).stale(...input);
  }

  /** What is shown of a page of history is opened when it is shown, should nothing be loaded yet. */
  async take(messages: readonly Message[]): Promise<void> {
    await this.#options.loaded()?.take(messages);
  }

  shown(chat: Chat): Chat {
    return this.#options.loaded()?.shown(chat) ?? chat;
  }
}
