import { cannotEncrypt } from '../cipher';
import { ClientError } from '../errors';
import { Refusal } from './errors';

/** What may be shown of a failure: what a key, a parser or the disk says stays in its `cause`. */
export function withoutInternals(error: unknown): Error {
  if (error instanceof Refusal || error instanceof ClientError) return error;
  return cannotEncrypt('The keys on this device could not be used or kept. Try again.', error);
}

/** Does something, and fails with what may be shown. */
export async function safely<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw withoutInternals(error);
  }
}
