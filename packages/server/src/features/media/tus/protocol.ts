import { Server } from '@tus/server';
import { ID_HEADER, type TusOptions, type TusProtocol, type TusUpload } from './protocol-types';
import { StagingStore } from './staging-store';
import { UploadLocks } from './upload-locks';

/** For so long a request waits for another one that works on the same upload. */
const LOCK_MS = 30_000;

/** The tus protocol, version 1.0, with files in a folder. */
export function openTus(options: TusOptions): TusProtocol {
  const { clock, path, directory, maxBytes, expiryMs, onCreate, onFinish } = options;
  const datastore = new StagingStore({ directory, expirationPeriodInMilliseconds: expiryMs });
  const server = new Server({
    path,
    relativeLocation: true,
    maxSize: maxBytes,
    datastore,
    locker: new UploadLocks(clock, LOCK_MS),
    namingFunction: (request) => request.headers.get(ID_HEADER) ?? '',
    onUploadCreate: async (request, upload) => {
      await onCreate(request, uploadOf(upload));
      return {};
    },
    onUploadFinish: async (request, upload) => {
      const id = await onFinish(request, uploadOf(upload));
      return { headers: { 'X-Media-Id': String(id) } };
    },
  });
  return {
    handle: (request) => server.handleWeb(request),
    find: (id) => datastore.getUpload(id).then(uploadOf, () => undefined),
  };
}

function uploadOf(upload: {
  id: string;
  size?: number | undefined;
  metadata?: Record<string, string | null> | undefined;
}): TusUpload {
  const metadata = Object.entries(upload.metadata ?? {}).map(([name, value]) => [
    name,
    value ?? undefined,
  ]);
  return { id: upload.id, size: upload.size ?? 0, metadata: Object.fromEntries(metadata) };
}
