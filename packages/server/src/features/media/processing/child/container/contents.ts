import { ConfabError, type ErrorCode } from '@confab/protocol/failure';
import type { Processed, ProcessRequest } from '../../processed';
import { helper } from '../bounded/helper';
import { endedWell, outputOf } from '../bounded/run-bounded';
import type { Tools } from '../bounded/tools';
import type { Headers } from './headers';

/** What a container says of itself. */
export interface Contents extends Headers {
  readonly tags: Processed['tags'];
  /** An embedded picture as base64, of whatever format. */
  readonly cover: string | null;
}

/** What the process that reads it writes. */
export type Answer =
  | { readonly contents: Contents }
  | { readonly refused: { readonly code: ErrorCode; readonly detail: string } };

const MIB = 1024 * 1024;
const BOUNDS = { seconds: 10, residentBytes: 512 * MIB, outputBytes: 16 * MIB };

/**
 * Reads a container's headers in a process of its own: a few bytes of an index can claim billions of
 * frames, and the reader would list them all before anything else happens.
 * @throws ConfabError `corrupt_media`, `media_too_complex`
 */
export async function readContents(
  { path, recognised, outputDir }: ProcessRequest,
  tools: Tools,
): Promise<Contents> {
  const entry = new URL('./headers-main.ts', import.meta.url);
  const command = helper(entry, [path, recognised.mimeType], outputDir);
  const { ending, output } = await outputOf(command, BOUNDS, tools);
  if (!endedWell(ending)) {
    throw new ConfabError('media_too_complex', 'This file takes too much work to look into');
  }
  const answer = JSON.parse(Buffer.from(output).toString()) as Answer;
  if ('contents' in answer) return answer.contents;
  throw new ConfabError(answer.refused.code, answer.refused.detail);
}
