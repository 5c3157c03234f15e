import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3Location } from '../config/s3';

/** An S3 store on a free port, with one bucket that nobody else uses. */
export interface TestS3 {
  readonly location: S3Location;
  /** The settings that name it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startS3(): Promise<TestS3> {
  const directory = mkdtempSync(join(tmpdir(), 'confab-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'confab' }],
  });
  const { port } = await server.run();
  const location = locationAt(`http://127.0.0.1:${port}`);
  return {
    location,
    env: {
      S3_ENDPOINT: location.endpoint,
      S3_BUCKET: location.bucket,
      S3_REGION: location.region,
      S3_ACCESS_KEY_ID: location.accessKeyId,
      S3_SECRET_ACCESS_KEY: location.secretAccessKey,
    },
    stop: async () => {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** With the one key that the server for tests knows. */
export const locationAt = (endpoint: string): S3Location => ({
  endpoint,
  bucket: 'confab',
  region: 'us-east-1',
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
});
