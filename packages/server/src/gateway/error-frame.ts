import { ConfabError, type EventBody } from '@confab/protocol';
import { frame } from '../lib/frame';

/** An error as a frame, with the request's id when it had one. */
export function errorFrame(error: unknown, requestId: string | undefined): string {
  const known =
    error instanceof ConfabError
      ? error
      : new ConfabError(
          'internal',
          'Something went wrong on the server. It was written to its log.',
        );
  const body: EventBody<'error'> = {
    code: known.code,
    detail: known.message,
    temporary: known.temporary,
  };
  if (requestId !== undefined) body.request_id = requestId;
  if (known.retryAfterS !== undefined) body.retry_after_s = known.retryAfterS;
  if (known.errors) body.errors = known.errors;
  return frame('error', body);
}
