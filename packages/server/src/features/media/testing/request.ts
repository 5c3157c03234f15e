import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessRequest, Recognised } from '../processing/processed';
import { recognise } from '../recognition/recognise';

/** A request for a file as an upload would make it. */
export async function requestFor(path: string, outputDir: string): Promise<ProcessRequest> {
  const recognised = await recognise(path, { filename: '' });
  return { path, recognised, outputDir };
}

/** A request for these bytes, whatever they are. */
export function requestForBytes(
  bytes: Uint8Array,
  recognised: Recognised,
  outputDir: string,
): ProcessRequest {
  const path = join(outputDir, `bytes.${recognised.extension}`);
  writeFileSync(path, bytes);
  return { path, recognised, outputDir };
}
