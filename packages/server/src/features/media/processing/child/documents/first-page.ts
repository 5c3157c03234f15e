import { ConfabError } from '@confab/protocol/failure';
import type { ProcessRequest } from '../../processed';
import { HELPER_BOUNDS, helper } from '../bounded/helper';
import { endedWell, outputOf } from '../bounded/run-bounded';
import type { Tools } from '../bounded/tools';
import { PAGE_ENDINGS } from './page-endings';

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A PDF's first page as PNG. Null for one that is encrypted, too large or takes too long to draw.
 * @throws ConfabError `corrupt_media` when it is no PDF that anything could open
 */
export async function firstPage(
  { path, outputDir }: ProcessRequest,
  tools: Tools,
): Promise<Uint8Array | null> {
  if (Bun.file(path).size > MAX_BYTES) return null;
  const command = helper(new URL('./page-main.ts', import.meta.url), [path], outputDir);
  const { ending, output } = await outputOf(command, HELPER_BOUNDS, tools);
  if (ending.kind === 'exited' && ending.status === PAGE_ENDINGS.unreadable) {
    throw new ConfabError('corrupt_media', 'This document is damaged: it cannot be opened');
  }
  return endedWell(ending) ? output : null;
}
