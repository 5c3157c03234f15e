import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong with a page, a line for each fault. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ${JSON.stringify(TAGS)} })`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any: [check] }) => `${id}: ${html.slice(0, 200)} ${check?.message ?? ''}`),
  );
}

/** Nothing is still loading, and nothing moves any more. */
export async function calm(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      !document.querySelector('.empty .spinner, .chat-skeleton') &&
      document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
}
