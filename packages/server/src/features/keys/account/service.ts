import { type AccountKey, ConfabError, type PutPublicKey } from '@confab/protocol';
import type { Caller, RequestInfo } from '../../../http/contract';
import type { Clock } from '../../../lib/clock';
import { readPublicKey } from '../../../lib/rsa-public-key';
import type { Committer } from '../../../storage/committer';
import type { KeyAnnouncer } from '../announcer';
import { presentAccountKey } from '../present';
import type { AccountKeyRow, KeyRepository } from '../repository';
import type { KeyPair, KeyPool } from './key-pool';
import { newSalt, openKey, sealKey, type Unlock, unlockOf } from './sealing';
import { makeAccountKey, putPublicKey, type Rewrapped } from './writes';

/** How long somebody waits for a key that is being made. */
const PATIENCE_MS = 5_000;

export interface AccountKeyDeps {
  keys: KeyRepository;
  pool: KeyPool;
  announcer: KeyAnnouncer;
  committer: Committer;
  clock: Clock;
  /** Whether this server keeps keys for its users. */
  isAssisted: boolean;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Counts a key that a user has made on purpose: it is dear. @throws ConfabError `rate_limited` */
  limitMaking: (userId: number) => void;
  /** What was sealed into the tokens of a caller's session. */
  openUnlock: (caller: Caller) => Unlock | null;
  /** Makes sure that a password is the caller's. @throws ConfabError */
  confirm: (caller: Caller, password: string, ip: string) => Promise<unknown>;
  onError: (error: unknown) => void;
}

/** Keys that the server keeps for its users, wrapped under their passwords. */
export class AccountKeyService {
  readonly #deps: AccountKeyDeps;
  /** Users whose key is being made. */
  readonly #making = new Map<number, Promise<unknown>>();

  constructor(deps: AccountKeyDeps) {
    this.#deps = deps;
  }

  /**
   * A password signed a user in: what opens their key goes into the tokens. Who has no key gets one;
   * that is waited for only where one lies ready.
   */
  async signedIn(userId: number, password: string, ip: string): Promise<Unlock | null> {
    if (!this.#deps.isAssisted) return null;
    try {
      return await this.#unlockAt(userId, password, ip);
    } catch (error) {
      // Signing in goes on: the key can be opened, or made, with the password later.
      this.#deps.onError(error);
      return null;
    }
  }

  async #unlockAt(userId: number, password: string, ip: string): Promise<Unlock | null> {
    const { keys, pool, onError } = this.#deps;
    const row = await keys.accountKey(userId);
    if (row?.custody === 'client') return null;
    const salt = row?.salt ? Buffer.from(row.salt, 'base64url') : newSalt();
    const unlock = await unlockOf(password, salt, ip);
    if (row?.sealed) return unlock;
    const ready = pool.take();
    const making = this.#make(userId, unlock, ready);
    if (ready) await making;
    else making.catch(onError);
    return unlock;
  }

  #make(
    userId: number,
    unlock: Unlock,
    ready?: KeyPair,
  ): Promise<{ row: AccountKeyRow; created: boolean }> {
    const making = this.#store(userId, unlock, null, ready).finally(() => {
      if (this.#making.get(userId) === making) this.#making.delete(userId);
    });
    this.#making.set(userId, making);
    return making;
  }

  async #store(userId: number, unlock: Unlock, replaces: number | null, ready?: KeyPair) {
    const { pool, committer, announcer, clock } = this.#deps;
    const { publicKey, keyId, pkcs8 } = ready ?? (await pool.next());
    const salt = unlock.salt.toString('base64url');
    const pair = { publicKey, keyId, salt, sealed: sealKey(unlock, userId, pkcs8) };
    const input = { userId, pair, replaces, at: clock.now() };
    const made = await committer.submit(makeAccountKey, input, userId);
    if (made.created) announcer.changed(userId);
    return made;
  }

  /** Waits for a key that is being made, but not for long: it may be asked for before it is there. */
  async settled(userId: number): Promise<void> {
    const making = this.#making.get(userId);
    if (!making) return;
    const { clock } = this.#deps;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(PATIENCE_MS, resolve);
      const settle = () => {
        cancel();
        resolve();
      };
      making.then(settle, settle);
    });
  }

  /** The account key, made now if there is none and the caller can open it afterwards. */
  async ensure(
    caller: Caller,
    password: string | undefined,
    request: RequestInfo,
  ): Promise<AccountKey> {
    this.mustAssist();
    this.#deps.limit(caller.userId);
    await this.settled(caller.userId);
    const row = await this.#deps.keys.accountKey(caller.userId);
    if (row && row.public_key !== null) return presentAccountKey(row, false);
    this.#deps.limitMaking(caller.userId);
    const unlock = await this.#unlock(caller, newSalt(), password, request);
    const made = await this.#make(caller.userId, unlock);
    return presentAccountKey(made.row, made.created);
  }

  /** Replaces the account key. Whoever can open the old one may, and whoever knows the password. */
  async rotate(
    caller: Caller,
    password: string | undefined,
    request: RequestInfo,
  ): Promise<AccountKey> {
    this.mustAssist();
    this.#deps.limitMaking(caller.userId);
    const { userId } = caller;
    await this.settled(userId);
    const row = await this.#deps.keys.accountKey(userId);
    const salt = row?.salt ? Buffer.from(row.salt, 'base64url') : newSalt();
    const unlock = await this.#unlock(caller, salt, password, request);
    if (password === undefined && !(row?.sealed && openKey(unlock, userId, row.sealed))) {
      throw failed();
    }
    const made = await this.#store(userId, unlock, row?.version ?? null);
    return presentAccountKey(made.row, made.created);
  }

  /** The private half (PKCS#8). @throws ConfabError `key_not_on_server` or `decryption_failed` */
  async open(
    caller: Caller,
    password: string | undefined,
    request: RequestInfo,
  ): Promise<{ row: AccountKeyRow; pkcs8: Buffer }> {
    await this.settled(caller.userId);
    const row = await this.#deps.keys.accountKey(caller.userId);
    if (row?.custody === 'client') {
      const detail = 'You put a key of your own in place of the account key: decrypt with that';
      throw new ConfabError('key_not_on_server', detail);
    }
    const salt = row?.salt ? Buffer.from(row.salt, 'base64url') : newSalt();
    const unlock = await this.#unlock(caller, salt, password, request);
    const pkcs8 = row?.sealed && openKey(unlock, caller.userId, row.sealed);
    if (!row || !pkcs8) throw failed();
    return { row, pkcs8 };
  }

  async #unlock(
    caller: Caller,
    salt: Buffer,
    password: string | undefined,
    request: RequestInfo,
  ): Promise<Unlock> {
    if (password === undefined) {
      const unlock = this.#deps.openUnlock(caller);
      if (!unlock) throw failed();
      return unlock;
    }
    const isRight = await this.#isRight(caller, password, request.ip);
    // A wrong one is derived from too, so that it fails as late as what does not decrypt.
    const unlock = await unlockOf(password, salt, request.ip);
    if (!isRight) throw failed();
    return unlock;
  }

  async #isRight(caller: Caller, password: string, ip: string): Promise<boolean> {
    try {
      await this.#deps.confirm(caller, password, ip);
      return true;
    } catch (error) {
      if (error instanceof ConfabError && error.code === 'wrong_password') return false;
      throw error;
    }
  }

  /** A key sealed with an old password, sealed with a new one; null for who has none here. */
  async rewrapped(
    userId: number,
    before: string,
    after: string,
    ip: string,
  ): Promise<Rewrapped | null> {
    await this.settled(userId);
    const row = await this.#deps.keys.accountKey(userId);
    if (row?.custody !== 'server_wrapped' || !row.salt || !row.sealed) return null;
    const old = await unlockOf(before, Buffer.from(row.salt, 'base64url'), ip);
    const pkcs8 = openKey(old, userId, row.sealed);
    if (!pkcs8) {
      throw new ConfabError('conflict', 'The password was changed in the meantime.');
    }
    const unlock = await unlockOf(after, newSalt(), ip);
    const sealed = sealKey(unlock, userId, pkcs8);
    return { version: row.version, salt: unlock.salt.toString('base64url'), sealed };
  }

  async put({ userId }: { userId: number }, body: PutPublicKey): Promise<void> {
    this.#deps.limit(userId);
    await this.settled(userId);
    await this.putChecked(userId, body.public_key, body.version);
  }

  /** @throws ConfabError `invalid` for what is no fit key */
  async putChecked(userId: number, publicKey: string, version: number): Promise<void> {
    const { committer, announcer, clock } = this.#deps;
    const { keyId } = await readPublicKey(publicKey);
    const input = { userId, publicKey, keyId, version, at: clock.now() };
    const { changed } = await committer.submit(putPublicKey, input, userId);
    if (changed) announcer.changed(userId);
  }

  /** @throws ConfabError `client_side_only`, with 403 */
  mustAssist(): void {
    if (this.#deps.isAssisted) return;
    const detail = 'This server keeps no keys: encrypt and decrypt on your device';
    throw new ConfabError('client_side_only', detail, { status: 403 });
  }
}

/** The same for all that can go wrong, so that it tells nothing. */
export const failed = () =>
  new ConfabError('decryption_failed', 'It could not be decrypted with your account key');
