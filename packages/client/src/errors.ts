import { ERRORS, type ErrorCode, type EventBody, type FieldError } from '@confab/protocol';

/** Why a call failed before the server could answer, or with an answer that makes no sense. */
export type LocalErrorCode =
  /** The server could not be reached. */
  | 'network'
  /** It did not answer in time. */
  | 'timeout'
  /** The WebSocket is down, or went down before the answer came. */
  | 'disconnected'
  /** Nobody is signed in (any more). */
  | 'signed_out'
  /** The answer is not what the contract says. */
  | 'bad_answer'
  /** The client was closed. */
  | 'closed'
  /** The program gave up an upload or a download. */
  | 'cancelled'
  /** The server has but a part of a file. */
  | 'download_incomplete'
  /** What was to be sent to an encrypted chat cannot be encrypted; `cause` tells why. */
  | 'cannot_encrypt';

const TEMPORARY: ReadonlySet<string> = new Set(['network', 'timeout', 'disconnected']);

export interface ErrorExtra {
  /** Whether the same call may succeed later. */
  temporary?: boolean | undefined;
  /** Seconds to wait before another try. */
  retryAfter?: number | undefined;
  /** Each field at fault, on `invalid`. */
  errors?: readonly FieldError[] | undefined;
  cause?: unknown;
}

/** What every call of the SDK fails with. Programs decide by `code`; `message` is for people. */
export class ClientError extends Error {
  readonly code: ErrorCode | LocalErrorCode;
  readonly temporary: boolean;
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | undefined;
  readonly errors: readonly FieldError[];

  constructor(code: ErrorCode | LocalErrorCode, detail: string, extra: ErrorExtra = {}) {
    super(detail, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'ClientError';
    this.code = code;
    this.temporary = extra.temporary ?? TEMPORARY.has(code);
    this.retryAfter = extra.retryAfter;
    this.errors = extra.errors ?? [];
  }

  get detail(): string {
    return this.message;
  }
}

/** A REST call that the server refused, from its problem document (RFC 9457). */
export class RestError extends ClientError {
  readonly status: number;
  /** Quote it when you ask the server's operator. */
  readonly requestId: string | undefined;

  constructor(
    status: number,
    code: ErrorCode | LocalErrorCode,
    detail: string,
    extra: ErrorExtra & { requestId?: string | undefined } = {},
  ) {
    super(code, detail, extra);
    this.name = 'RestError';
    this.status = status;
    this.requestId = extra.requestId;
  }
}

/** A WebSocket command that the server refused. */
export class CommandError extends ClientError {
  constructor(frame: EventBody<'error'>) {
    super(frame.code, frame.detail, {
      temporary: frame.temporary,
      retryAfter: frame.retry_after_s,
      errors: frame.errors,
    });
    this.name = 'CommandError';
  }
}

/** What a request that brought no answer fails with. */
export function asClientError(error: unknown, server: string, isLate: boolean): ClientError {
  if (error instanceof ClientError) return error;
  if (isLate) return new ClientError('timeout', `The server at ${server} did not answer in time`);
  return new ClientError('network', `The server at ${server} cannot be reached`, { cause: error });
}

export function cancelled(): ClientError {
  return new ClientError('cancelled', 'It was given up');
}

/** Reads an error answer, whoever wrote it: this server, or a proxy before it. */
export async function restError(response: Response): Promise<RestError> {
  const text = await response.text().catch(() => '');
  const problem = asProblem(text);
  const code = problem?.code ?? codeOfStatus(response.status);
  const detail = problem?.detail ?? `The server answered ${response.status}`;
  return new RestError(response.status, code, detail, {
    temporary: isTemporary(code, response.status),
    retryAfter: retryAfter(response.headers.get('Retry-After')),
    errors: problem?.errors,
    requestId: problem?.request_id,
  });
}

interface PartialProblem {
  code?: ErrorCode;
  detail?: string;
  request_id?: string;
  errors?: FieldError[];
}

function asProblem(text: string): PartialProblem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as PartialProblem) : undefined;
  } catch {
    return undefined;
  }
}

function isTemporary(code: string, status: number): boolean {
  const known = ERRORS[code as ErrorCode];
  return known ? known.temporary : status >= 500 || status === 429;
}

function codeOfStatus(status: number): ErrorCode | LocalErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'overloaded';
  return status >= 500 ? 'internal' : 'bad_answer';
}

/** Only the form in seconds: a date would depend on clocks that differ. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}
