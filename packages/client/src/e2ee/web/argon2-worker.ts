import { argon2, type KdfStrength } from '../backup/argon2';
import type { Bytes } from '../encoding';

/**
 * The program of a worker that derives keys for `argon2InWorker`. A page may forbid WebAssembly, as
 * a worker goes by the Content-Security-Policy that it came with: serve this file with
 * `script-src 'self' 'wasm-unsafe-eval'`.
 */

/** What the worker is asked. */
export interface Argon2Request {
  readonly secret: Bytes;
  readonly strength: KdfStrength;
}

/** What it answers. */
export type Argon2Answer = { readonly key: Bytes } | { readonly fault: string };

addEventListener('message', ({ data }: MessageEvent<Argon2Request>) => {
  void answer(data).then((answered) => postMessage(answered));
});

async function answer({ secret, strength }: Argon2Request): Promise<Argon2Answer> {
  try {
    return { key: await argon2(secret, strength) };
  } catch (error) {
    return { fault: String(error) };
  }
}
