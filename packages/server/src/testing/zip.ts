import { strFromU8, unzipSync } from 'fflate';

/** The files of a ZIP archive as another library than the one that wrote it reads them. */
export function unzip(archive: ArrayBuffer): Record<string, string> {
  const files = unzipSync(new Uint8Array(archive));
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, strFromU8(content)]),
  );
}
