import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { S3Client } from 'bun';
import { readS3Location, type S3Location } from '../../config/s3';
import { type Settings, SettingsError } from '../../config/settings';
import type { Clock } from '../../lib/clock';
import { within } from '../../lib/deadline';
import type { BlobStore } from './blob-store';
import { DiskBlobs } from './disk-blobs';
import { diskFiles } from './disk-files';
import { codeOf } from './faults';
import { COPY_PREFIX, S3Blobs, s3Client } from './s3-blobs';

const CHECK_MS = 15_000;
const CHECK_PREFIX = 'start-check/';
const COPY_KEPT_MS = 60 * 60_000;

/** Where uploads wait until they are whole, below STORAGE_DIR. */
export const incomingFolder = (storageDir: string) => join(storageDir, 'incoming');

/**
 * The store that the settings name, ready for use.
 * @throws SettingsError in a plain sentence, when S3 is set but not completely, or cannot be used
 */
export async function openBlobs(
  settings: Settings,
  deps: { clock: Clock; onError: (error: unknown) => void },
): Promise<BlobStore> {
  const location = readS3Location(settings);
  const incoming = incomingFolder(settings.STORAGE_DIR);
  await diskFiles.makeFolder(incoming);
  if (!location) return new DiskBlobs(settings.STORAGE_DIR);
  const client = s3Client(location);
  await checkBucket(client, location, deps.clock);
  await removeOldCopies(incoming, deps.clock.now() - COPY_KEPT_MS);
  return new S3Blobs({ client, incoming, randomId: randomUUID, ...deps });
}

/** Lists, writes and deletes: what the server will do, with the key it will do it with. */
async function checkBucket(client: S3Client, location: S3Location, clock: Clock): Promise<void> {
  const tried = async () => {
    await client.list({ prefix: CHECK_PREFIX, maxKeys: 1 });
    const probe = client.file(`${CHECK_PREFIX}${randomUUID()}`);
    await probe.write('This server can write here.');
    await probe.delete();
  };
  const late = () => Object.assign(new Error(), { code: 'Timeout' });
  try {
    await within(clock, CHECK_MS, tried(), late);
  } catch (error) {
    throw new SettingsError(bucketFault(codeOf(error), location));
  }
}

function bucketFault(code: string, { endpoint, bucket }: S3Location): string {
  switch (code) {
    case 'NoSuchBucket':
      return `S3_BUCKET names ${bucket}, which does not exist at ${endpoint}`;
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return `${endpoint} does not know S3_ACCESS_KEY_ID with this S3_SECRET_ACCESS_KEY (${code})`;
    case 'AccessDenied':
      return `The key of S3_ACCESS_KEY_ID may not list, write and delete in the bucket ${bucket}`;
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
      return `S3_REGION or S3_ENDPOINT is not that of the bucket ${bucket} (${code})`;
    default:
      return `The S3 store at ${endpoint} cannot be used (${code || 'no answer'})`;
  }
}

async function removeOldCopies(folder: string, before: number): Promise<void> {
  for (const name of await diskFiles.names(folder)) {
    if (!name.startsWith(COPY_PREFIX)) continue;
    const path = join(folder, name);
    const found = await diskFiles.stat(path);
    if (found && found.modifiedAt < before) await diskFiles.remove(path);
  }
}
