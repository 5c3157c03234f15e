import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { isFull } from '../../../storage/blobs/faults';
import { release } from '../receiving/release';
import { writeAll } from '../receiving/write-all';

/** As the library has its faults. */
const FULL = { status_code: 507, body: 'There is no room left' };

/**
 * Files in a folder. The library's own tells no fault from another, so that a full disk was taken for
 * a break; and it holds several pieces of an upload at once.
 */
export class StagingStore extends FileStore {
  override async write(source: Readable, id: string, offset: number): Promise<number> {
    const file = await open(join(this.directory, id), 'r+');
    let end = offset;
    try {
      for await (const chunk of source) {
        await writeAll(file, chunk, end);
        end += chunk.length;
        release(chunk);
      }
    } catch (error) {
      throw isFull(error) ? FULL : error;
    } finally {
      await file.close();
    }
    return end;
  }
}
