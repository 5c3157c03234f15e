import { rm } from 'node:fs/promises';
import type { TokenSet, TokenStore } from '../rest/tokens';
import { readJson, writeAtomic } from './atomic-file';

/** Keeps the session in a file that only its user may read. Several processes may share it. */
export class FileTokenStore implements TokenStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  load(): Promise<TokenSet | null> {
    return readJson<TokenSet>(this.#path);
  }

  async save(tokens: TokenSet | null): Promise<void> {
    // A refresh token works once: were the new one lost, the session would be over.
    if (tokens) await writeAtomic(this.#path, JSON.stringify(tokens), true);
    else await rm(this.#path, { force: true });
  }
}
