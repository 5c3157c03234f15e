import type { Kdf } from '../backup/argon2';
import type { Argon2Answer, Argon2Request } from './argon2-worker';

/**
 * Derives keys beside the page, which stays alive meanwhile. A worker is started for each key and
 * ended after it, as it holds 64 MiB.
 * @param open starts `@confab/client/e2ee/argon2-worker` as the page's bundler puts it somewhere
 */
export function argon2InWorker(open: () => Worker): Kdf {
  return async (secret, strength) => {
    const worker = open();
    try {
      const answer = await ask(worker, { secret, strength });
      if ('key' in answer) return answer.key;
      throw new Error(answer.fault);
    } finally {
      worker.terminate();
    }
  };
}

function ask(worker: Worker, request: Argon2Request): Promise<Argon2Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Argon2Answer>) => resolve(data);
    // A script that is not there, or that the page's policy forbids, tells nothing but that.
    worker.onerror = ({ message }) => {
      reject(new Error(message || 'The worker that derives keys does not start'));
    };
    worker.postMessage(request);
  });
}
