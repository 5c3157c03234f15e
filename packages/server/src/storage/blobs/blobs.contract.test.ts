import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lib/clock';
import { blobContract } from '../../testing/blob-contract';
import { startS3 } from '../../testing/s3-server';
import { DiskBlobs } from './disk-blobs';
import { S3Blobs, s3Client } from './s3-blobs';

blobContract('disk', async (folder) => ({
  store: new DiskBlobs(folder.path),
  close: async () => {},
}));

blobContract('S3', async (folder) => {
  const server = await startS3();
  const store = new S3Blobs({
    client: s3Client(server.location),
    incoming: folder.incoming,
    clock: systemClock,
    randomId: randomUUID,
    onError: () => {},
  });
  return { store, close: () => server.stop() };
});
