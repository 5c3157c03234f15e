import { generateKeyPair as generatePair } from 'node:crypto';
import { promisify } from 'node:util';
import { ConfabError } from '@confab/protocol';
import { keyIdOf } from '../../../lib/rsa-public-key';

/** An account key before its private half is sealed. */
export interface KeyPair {
  publicKey: string;
  keyId: string;
  pkcs8: Uint8Array;
}

const BITS = 3072;

const makePair = promisify(generatePair);

/** An RSA pair. Its primes are searched for in another thread, which WebCrypto in this runtime does not do. */
export async function generateKeyPair(modulusLength = BITS): Promise<KeyPair> {
  const pair = await makePair('rsa', { modulusLength });
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  return { publicKey, keyId: keyIdOf(spki), pkcs8: new Uint8Array(pkcs8) };
}

/** People who wait for a pair at most; the others get theirs when they sign in again. */
const MAX_WAITING = 1_000;

interface Waiting {
  resolve(pair: KeyPair): void;
  reject(error: unknown): void;
}

/**
 * Pairs that lie ready, as one takes half a second to make. There is never more than one in the
 * making: the runtime's threads check passwords and read files, too.
 */
export class KeyPool {
  readonly #generate: () => Promise<KeyPair>;
  readonly #size: number;
  readonly #onError: (error: unknown) => void;
  readonly #ready: KeyPair[] = [];
  readonly #waiting: Waiting[] = [];
  #isFilling = false;
  #isStopped = false;

  constructor(options: {
    size: number;
    onError: (error: unknown) => void;
    generate?: (() => Promise<KeyPair>) | undefined;
  }) {
    this.#size = options.size;
    this.#onError = options.onError;
    this.#generate = options.generate ?? generateKeyPair;
  }

  get ready(): number {
    return this.#ready.length;
  }

  /** One that lies ready, if one does; another is made in its place. */
  take(): KeyPair | undefined {
    const pair = this.#ready.shift();
    this.fill();
    return pair;
  }

  /**
   * One that lies ready, or a new one, after those who asked before.
   * @throws ConfabError `overloaded`
   */
  async next(): Promise<KeyPair> {
    const pair = this.#ready.shift();
    if (pair === undefined && this.#waiting.length >= MAX_WAITING) {
      throw new ConfabError('overloaded', 'Too many keys are being made. Try again later.');
    }
    const promised =
      pair ?? new Promise<KeyPair>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.fill();
    return promised;
  }

  fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    this.#fill().catch((error: unknown) => {
      this.#onError(error);
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    });
  }

  async #fill(): Promise<void> {
    try {
      while (this.#waiting.length > 0 || this.#ready.length < this.#size) {
        if (this.#isStopped) return;
        const pair = await this.#generate();
        if (this.#isStopped) return;
        const first = this.#waiting.shift();
        if (first) first.resolve(pair);
        else this.#ready.push(pair);
      }
    } finally {
      this.#isFilling = false;
    }
  }

  /** Makes no more. Who waits for one is left alone: the server is stopping. */
  stop(): void {
    this.#isStopped = true;
    this.#ready.length = 0;
    this.#waiting.length = 0;
  }
}
