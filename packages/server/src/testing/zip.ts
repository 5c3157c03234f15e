import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READER = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))
`;

/** The files of a ZIP archive as another program reads them, once it has found it sound. */
export async function unzip(archive: ArrayBuffer): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'confab-zip-'));
  const path = join(directory, 'export.zip');
  try {
    await Bun.write(path, archive);
    const reader = Bun.spawn(['python3', '-c', READER, path], { stdout: 'pipe', stderr: 'pipe' });
    const [out, faults] = await Promise.all([
      new Response(reader.stdout).text(),
      new Response(reader.stderr).text(),
    ]);
    if ((await reader.exited) !== 0) throw new Error(faults);
    return JSON.parse(out) as Record<string, string>;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
