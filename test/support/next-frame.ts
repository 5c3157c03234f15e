import type { Page } from 'playwright-core';

/** Resolves when what the page shows listens, too: what components do beside being drawn comes a frame later. */
export const nextFrame = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
  );
