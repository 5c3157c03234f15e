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
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (known?.retryAfterS !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(known.retryAfterS))));
  } else if (problem.status === 429 || problem.status === 503) {
    headers.set('retry-after', '1');
  }
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer');
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
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
