import type { Endpoint } from '../endpoint';
import { ERRORS, type ErrorCode, type Problem } from '../errors';

/** Errors that any call can end in, besides those of its own that the table lists. */
function errorsOf(endpoint: Endpoint): ErrorCode[] {
  const codes = new Set<ErrorCode>(endpoint.errors);
  const add = (...more: ErrorCode[]) => {
    for (const code of more) codes.add(code);
  };
  if (endpoint.auth) add('unauthorized', 'invalid_token', 'token_expired', 'session_revoked');
  if (endpoint.admin) add('forbidden');
  if (endpoint.params || endpoint.query || endpoint.body) add('invalid');
  if (endpoint.body) {
    add('invalid_json', 'body_incomplete', 'too_large', 'unsupported_media_type');
  }
  if (endpoint.path.startsWith('/api/')) add('rate_limited', 'overloaded');
  add('internal');
  return [...codes];
}

/** The error responses of a call, by status. */
export function problemResponses(endpoint: Endpoint): Record<string, object> {
  const byStatus = Object.groupBy(errorsOf(endpoint), (code) => String(ERRORS[code].status));
  const responses = Object.entries(byStatus).map(([status, codes = []]) => [
    status,
    problemResponse(Number(status), codes),
  ]);
  return Object.fromEntries(responses);
}

function problemResponse(status: number, codes: ErrorCode[]): object {
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    description: codes.map((code) => `${ERRORS[code].title} (\`${code}\`)`).join(' · '),
    ...(status === 429 || status === 503 ? { headers: RETRY_AFTER } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds to wait before the next try',
    schema: { type: 'integer', minimum: 0, examples: [5] },
  },
};

/** An example of each problem document, by its code. */
export function problemExamples(codes: readonly ErrorCode[]): Record<string, object> {
  const examples = codes.map((code) => {
    const { title } = ERRORS[code];
    return [code, { summary: title, value: problemExample(code) }];
  });
  return Object.fromEntries(examples);
}

function problemExample(code: ErrorCode): Problem {
  const { status, title } = ERRORS[code];
  const fields = [{ path: 'content', message: 'must be text' }];
  return {
    type: 'about:blank',
    title,
    status,
    detail: code === 'invalid' ? 'The body is not valid: content must be text' : title,
    code,
    request_id: '0198c5b2-4e1f-7d3a-9a41-6f1b2c3d4e5f',
    ...(code === 'invalid' ? { errors: fields } : {}),
  };
}
