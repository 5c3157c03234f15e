import type { ConfabClient } from '@confab/client';
import { argon2InWorker, Encryption } from '@confab/client/e2ee';
import { keysOf } from '../../storage/leavings';
import { provideSealedFiles } from '../media/sealed-files';
import { blobUrlOf, secretFilesOf } from './encrypted-file';
import { whenSessionEnds } from './encryption';
import { playableUrlOf } from './playable-file';
import { SessionKeyStore } from './session-key-store';

/** Apart from the page: it is served with a policy of its own, by which it may run WebAssembly. */
const WORKER = '/app/argon2-worker.js';

/** The encryption of a user in this browser. All tabs are one device. */
export function openEncryption(client: ConfabClient, userId: number): Encryption {
  const store = new SessionKeyStore(keysOf(userId));
  whenSessionEnds(() => store.end());
  const encryption = new Encryption({
    store,
    kdf: argon2InWorker(() => new Worker(WORKER, { type: 'module' })),
  });
  encryption.attach(client);
  provideSealedFiles({ of: secretFilesOf, urlOf: blobUrlOf, playableUrlOf });
  return encryption;
}
