import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { diskFault } from '../../../storage/blobs/faults';
import { type BodyOptions, bodyOf } from './body-reader';
import { invalidUpload, tooLarge } from './faults';

/**
 * Writes a body that is one file.
 * @returns what type its sender says it is
 * @throws ConfabError `too_large`, `invalid`, `upload_incomplete`, `storage_full`
 */
export async function receiveBody(
  request: Request,
  path: string,
  options: BodyOptions & { maxBytes: number },
): Promise<string> {
  const { maxBytes } = options;
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  let size = 0;
  async function* counted() {
    for await (const chunk of bodyOf(request, options)) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  }
  try {
    await pipeline(counted(), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    throw diskFault(error);
  }
  if (size === 0) throw invalidUpload('body', 'is empty');
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
