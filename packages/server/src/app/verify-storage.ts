import type { Settings } from '../config/settings';
import { FileRecords, MediaRepository, Reaper, StorageCheck } from '../features/media';
import { systemClock } from '../lib/clock';
import { openBlobs } from '../storage/blobs/open-blobs';
import type { Database } from '../storage/database';

/** Verifies the storage while no server runs. */
export async function verifyStorage(
  settings: Settings,
  { read, committer }: Pick<Database, 'read' | 'committer'>,
  repair: boolean,
  onError: (error: unknown) => void,
) {
  const clock = systemClock;
  const store = await openBlobs(settings, { clock, onError });
  const media = new MediaRepository(read);
  const reaper = new Reaper({ clock, media, store, committer, onError });
  const reap = () => reaper.run();
  try {
    const records = new FileRecords(read);
    return await new StorageCheck({ records, store, committer, now: clock.now, reap }).run(repair);
  } finally {
    await reaper.stop();
  }
}
