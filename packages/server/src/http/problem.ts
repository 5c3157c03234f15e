import {
  ConfabError,
  ERRORS,
  type ErrorCode,
  type FieldError,
  type Problem,
} from '@confab/protocol';

/** An error as RFC 9457 problem details. What is not ours is told as `internal`, without its text. */
export function problemResponse(error: unknown, requestId: string): Response {
  const known = error instanceof ConfabError ? error : undefined;
  const code: ErrorCode = known?.code ?? 'internal';
  const detail = known?.message ?? 'Something went wrong on the server. It was written to its log.';
  const problem = problemOf(code, detail, requestId, known?.errors);
  if (known) problem.status = known.status;
  const text = JSON.stringify(problem);
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(text)),
  });
  if (known?.retryAfterS !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(known.retryAfterS))));
  } else if (problem.status === 429 || problem.status === 503) {
    headers.set('retry-after', '1');
  }
  // The rest of its body would be waited for, also by a stop of the server.
  if (problem.status === 413) headers.set('connection', 'close');
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer');
  if (known?.fileSize !== undefined) headers.set('content-range', `bytes */${known.fileSize}`);
  return new Response(text, { status: problem.status, headers });
}

function problemOf(
  code: ErrorCode,
  detail: string,
  requestId: string,
  errors: FieldError[] | undefined,
): Problem {
  const { status, title } = ERRORS[code];
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    request_id: requestId,
  };
  if (errors) problem.errors = errors;
  return problem;
}
