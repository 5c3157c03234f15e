import { StoreTemplate } from './machine/store';
import type { SeedAnswer, SeedTask } from './run-seeds';
import { simulate } from './simulate';

declare const self: Worker;

const answer = (message: SeedAnswer) => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<SeedTask>) => {
  const template = await StoreTemplate.make();
  for (const seed of data.seeds) {
    try {
      answer({ report: await simulate(seed, template) });
    } catch (error) {
      answer({ failure: error instanceof Error ? error.message : String(error) });
    }
  }
  template.drop();
  answer('done');
};
