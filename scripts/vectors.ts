/**
 * Makes the test vectors of docs/encryption.md anew, in docs/vectors. They are random, made once and
 * kept: this is run when a format changes, and never else.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { basicsVectors, safetyVectors } from './vectors/basics';
import { keysVectors, makeCast } from './vectors/cast';
import { deviceListVectors } from './vectors/device-lists';
import { epochVectors } from './vectors/epochs';
import { fileVectors } from './vectors/files';
import { groupLog, membershipVectors } from './vectors/membership';
import { messageVectors } from './vectors/messages';
import { approvalVectors, backupVectors } from './vectors/secrets';

const folder = resolve(import.meta.dir, '../docs/vectors');

async function allVectors(): Promise<Record<string, object>> {
  const cast = await makeCast();
  const group = await groupLog(cast);
  const log = group.log.heads.at(-1) ?? '';
  const { vectors: epochs, secrets } = await epochVectors({ cast, log });
  const [, second] = secrets;
  if (!second) throw new Error('There is no second epoch');
  return {
    basics: await basicsVectors(),
    keys: await keysVectors(cast),
    'device-lists': await deviceListVectors(cast),
    membership: await membershipVectors(cast, group),
    epochs,
    messages: await messageVectors(cast, second),
    files: await fileVectors(),
    backups: await backupVectors(cast, secrets),
    approval: await approvalVectors(cast, secrets),
    'safety-numbers': await safetyVectors(cast),
  };
}

mkdirSync(folder, { recursive: true });
for (const [name, vectors] of Object.entries(await allVectors())) {
  writeFileSync(resolve(folder, `${name}.json`), `${JSON.stringify(vectors, null, 1)}\n`);
}
