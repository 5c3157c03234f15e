import {
  ConfabError,
  type DecryptText,
  type EncryptedText,
  type EncryptText,
  LIMITS,
} from '@confab/protocol';
import { flattenedDecrypt, GeneralEncrypt } from 'jose';
import { z } from 'zod';
import type { Caller, RequestInfo } from '../../../http/contract';
import { readJson } from '../../../lib/json';
import { readPublicKey } from '../../../lib/rsa-public-key';
import type { ChatStates } from '../../chats';
import type { AccountKeyRow, KeyRepository } from '../repository';
import { noKeys } from '../service';
import { type AccountKeyService, failed } from './service';

const ALGORITHM = 'RSA-OAEP-256';
const CIPHER = 'A256GCM';
const ENCRYPTED = { path: 'encrypted', maxBytes: 512 * 1024 };

export interface TextDeps {
  keys: KeyRepository;
  accountKeys: AccountKeyService;
  states: ChatStates;
  /** Counts a text that is encrypted. @throws ConfabError `rate_limited` */
  limitEncrypt: (userId: number) => void;
  /** Counts a try to decrypt. @throws ConfabError `rate_limited` */
  limitDecrypt: (userId: number) => void;
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
}

const Jwe = z.object({
  protected: z.string(),
  iv: z.string(),
  ciphertext: z.string(),
  tag: z.string(),
  recipients: z
    .array(z.object({ header: z.object({ kid: z.string() }), encrypted_key: z.string() }))
    .max(100),
});

/** Encrypts and decrypts texts for those who cannot do it themselves. It keeps nothing of them. */
export class TextService {
  readonly #deps: TextDeps;

  constructor(deps: TextDeps) {
    this.#deps = deps;
  }

  async encrypt({ userId }: Caller, body: EncryptText): Promise<EncryptedText> {
    this.#deps.accountKeys.mustAssist();
    this.#deps.limitEncrypt(userId);
    const bytes = Buffer.from(body.message);
    if (bytes.length > LIMITS.assistedTextBytes) {
      throw new ConfabError('too_large', `A text has at most ${LIMITS.assistedTextBytes} bytes`);
    }
    await this.#refuseEncrypted(userId, body.chat_id);
    const wanted = body.recipient_user_ids ?? [body.recipient_user_id as number];
    const rows = await this.#recipients(userId, [...new Set<number>(wanted)]);
    const jwe = new GeneralEncrypt(bytes).setProtectedHeader({ enc: CIPHER });
    for (const row of rows) {
      const { key } = await readPublicKey(row.public_key ?? '');
      jwe.addRecipient(key).setUnprotectedHeader({ alg: ALGORITHM, kid: row.key_id ?? '' });
    }
    return {
      encrypted: JSON.stringify(await jwe.encrypt()),
      key_ids: rows.map((row) => row.key_id ?? ''),
    };
  }

  /** In the order asked for. @throws ConfabError `not_found` unless all of them have keys */
  async #recipients(userId: number, wanted: readonly number[]): Promise<AccountKeyRow[]> {
    const { keys, accountKeys, apartFrom } = this.#deps;
    await Promise.all(wanted.map((id) => accountKeys.settled(id)));
    const apart = await apartFrom(userId);
    const rows = await keys.accountKeys(wanted);
    const byUser = new Map(rows.map((row) => [row.user_id, row]));
    return wanted.map((id) => {
      const row = byUser.get(id);
      if (!row?.public_key || apart.has(id)) throw noKeys();
      return row;
    });
  }

  async decrypt(caller: Caller, body: DecryptText, request: RequestInfo): Promise<string> {
    const { accountKeys, limitDecrypt } = this.#deps;
    accountKeys.mustAssist();
    limitDecrypt(caller.userId);
    await this.#refuseEncrypted(caller.userId, body.chat_id);
    const { row, pkcs8 } = await accountKeys.open(caller, body.password, request);
    try {
      return await opened(body.encrypted, row.key_id ?? '', pkcs8);
    } catch {
      throw failed();
    } finally {
      pkcs8.fill(0);
    }
  }

  async #refuseEncrypted(userId: number, chatId: number | undefined): Promise<void> {
    if (chatId === undefined) return;
    const { isEncrypted } = await this.#deps.states.forMember(chatId, userId);
    if (!isEncrypted) return;
    const detail = 'Only devices encrypt and decrypt for an encrypted chat';
    throw new ConfabError('client_side_only', detail);
  }
}

async function opened(encrypted: string, keyId: string, pkcs8: Buffer): Promise<string> {
  const { recipients, ...shared } = Jwe.parse(readJson(encrypted, ENCRYPTED));
  const recipient = recipients.find((one) => one.header.kid === keyId);
  if (!recipient) throw failed();
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('pkcs8', Uint8Array.from(pkcs8), algorithm, false, [
    'decrypt',
  ]);
  const header = { alg: ALGORITHM, kid: keyId };
  const jwe = { ...shared, header, encrypted_key: recipient.encrypted_key };
  const { plaintext } = await flattenedDecrypt(jwe, key, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [CIPHER],
  });
  return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
}
