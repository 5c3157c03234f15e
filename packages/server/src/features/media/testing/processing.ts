import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol';
import { systemTools, type Tools } from '../processing/child/bounded/tools';
import type { Processed, ProcessRequest } from '../processing/processed';

export const TOOLS = systemTools();
/** As on a machine without ffmpeg. */
export const WITHOUT_FFMPEG: Tools = { ...TOOLS, ffmpeg: null };

/** The ways to decode that this machine has; `npm test` counts what is skipped. */
export const DECODERS = [
  { by: 'ffmpeg', tools: TOOLS, missing: TOOLS.ffmpeg === null },
  { by: '@napi-rs/webcodecs', tools: WITHOUT_FFMPEG, missing: !hasWebcodecs() },
];

function hasWebcodecs(): boolean {
  try {
    return import.meta.resolve('@napi-rs/webcodecs') !== '';
  } catch {
    return false;
  }
}

/** A folder for sources, and in it one for results; gone afterwards. */
export class Scratch implements Disposable {
  readonly #path = mkdtempSync(join(tmpdir(), 'confab-media-'));
  readonly output = join(this.#path, 'output');

  constructor() {
    mkdirSync(this.output);
  }

  /** @returns the path of the written file */
  async file(name: string, content: Uint8Array | string): Promise<string> {
    const path = join(this.#path, name);
    await Bun.write(path, content);
    return path;
  }

  results(): string[] {
    return readdirSync(this.output);
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true });
  }
}

export const requestFor = (path: string, mimeType: string, outputDir: string): ProcessRequest => ({
  path,
  outputDir,
  recognised: { mimeType, mediaType: 'other', extension: '' },
});

/** What processing gives, or the code that it refuses with; other errors are thrown on. */
export async function outcomeOf(work: Promise<Processed>): Promise<Processed | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConfabError) return error.code;
    throw error;
  }
}
