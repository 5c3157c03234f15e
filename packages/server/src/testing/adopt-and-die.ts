/**
 * A server that is killed while it takes over a file: `adopt-and-die.ts ROOT KEY PATH STEP
 * before|after`. Copying is what is done between two disks.
 */
import { checkedKey } from '../storage/blobs/blob-key';
import { DiskBlobs } from '../storage/blobs/disk-blobs';
import { type DiskFiles, diskFiles } from '../storage/blobs/disk-files';

const [root = '', key = '', path = '', step = '', moment = ''] = process.argv.slice(2);

function mortal<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) {
  return async (...args: A): Promise<R> => {
    if (name === step && moment === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await call(...args);
    if (name === step) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}

async function acrossDisks(from: string, to: string): Promise<void> {
  if (from === path) throw Object.assign(new Error(), { code: 'EXDEV' });
  await diskFiles.rename(from, to);
}

const isCopied = step === 'copy' || step === 'remove';
const files: DiskFiles = {
  ...diskFiles,
  makeFolder: mortal('makeFolder', diskFiles.makeFolder),
  sync: mortal('sync', diskFiles.sync),
  rename: mortal('rename', isCopied ? acrossDisks : diskFiles.rename),
  copy: mortal('copy', diskFiles.copy),
  remove: mortal('remove', diskFiles.remove),
};
await new DiskBlobs(root, files).adopt(checkedKey(key), path);
