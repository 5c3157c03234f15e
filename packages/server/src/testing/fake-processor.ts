import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaProcessor } from '../features/media';
import {
  nothingKnown,
  type Processed,
  type ProcessRequest,
} from '../features/media/processing/processed';

/** Looks into nothing: what it finds, and when, is up to the test. */
export class FakeProcessor implements MediaProcessor {
  /** What was asked for, in order. */
  readonly asked: ProcessRequest[] = [];
  /** Held back until it resolves. */
  gate: Promise<void> = Promise.resolve();
  find: (request: ProcessRequest) => Promise<Processed> = (request) => thumbnailOf(request);

  clean({ path }: ProcessRequest): Promise<string> {
    return Promise.resolve(path);
  }

  async process(request: ProcessRequest): Promise<Processed> {
    this.asked.push(request);
    await this.gate;
    return this.find(request);
  }

  async avatar({ outputDir }: ProcessRequest): Promise<{ large: string; small: string }> {
    const [large, small] = [join(outputDir, 'large.webp'), join(outputDir, 'small.webp')];
    await writeFile(large, 'large');
    await writeFile(small, 'small');
    return { large, small };
  }

  async close(): Promise<void> {}
}

async function thumbnailOf({ recognised, outputDir }: ProcessRequest): Promise<Processed> {
  if (recognised.mediaType !== 'image') return nothingKnown();
  const path = join(outputDir, `thumbnail-${crypto.randomUUID()}.webp`);
  await writeFile(path, 'a thumbnail');
  const thumbnail = { path, mimeType: 'image/webp', width: 48, height: 36 } as const;
  return { ...nothingKnown(), width: 640, height: 480, thumbhash: 'AAAA', thumbnail };
}
