/**
 * What goes wrong, without any schema: the server's writer thread needs no more of the contract, and
 * a thread has memory of its own for all that it loads.
 */

/**
 * Every error code of the contract with its HTTP status, its title, and whether the very same
 * request may succeed later (`temporary`). A new error is added here before it is used.
 */
export const ERRORS = {
  bad_request: { status: 400, title: 'Bad request', temporary: false },
  invalid_json: { status: 400, title: 'Not valid JSON', temporary: false },
  unauthorized: { status: 401, title: 'Sign in first', temporary: false },
  invalid_token: { status: 401, title: 'Token is not valid', temporary: false },
  token_expired: { status: 401, title: 'Token has expired', temporary: false },
  session_revoked: { status: 401, title: 'Session was ended', temporary: false },
  invalid_credentials: { status: 401, title: 'Wrong name or password', temporary: false },
  forbidden: { status: 403, title: 'Not allowed', temporary: false },
  blocked: { status: 403, title: 'Blocked', temporary: false },
  account_inactive: { status: 403, title: 'Account is deactivated', temporary: false },
  chat_closed: { status: 403, title: 'Chat is closed', temporary: false },
  origin_not_allowed: { status: 403, title: 'Origin is not allowed', temporary: false },
  not_found: { status: 404, title: 'Not found', temporary: false },
  not_a_member: { status: 404, title: 'Not a member', temporary: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', temporary: false },
  conflict: { status: 409, title: 'Conflict', temporary: false },
  username_taken: { status: 409, title: 'Username is taken', temporary: false },
  email_taken: { status: 409, title: 'Email is taken', temporary: false },
  already_a_member: { status: 409, title: 'Already a member', temporary: false },
  group_full: { status: 409, title: 'Group is full', temporary: false },
  message_deleted: { status: 409, title: 'Message was deleted', temporary: false },
  too_large: { status: 413, title: 'Too large', temporary: false },
  unsupported_media_type: { status: 415, title: 'Media type not supported', temporary: false },
  invalid: { status: 422, title: 'Invalid request', temporary: false },
  not_supported: { status: 422, title: 'Not supported', temporary: false },
  unknown_type: { status: 422, title: 'Unknown frame type', temporary: false },
  rate_limited: { status: 429, title: 'Too many requests', temporary: true },
  too_many_connections: { status: 429, title: 'Too many connections', temporary: true },
  internal: { status: 500, title: 'Internal error', temporary: true },
  overloaded: { status: 503, title: 'Overloaded', temporary: true },
  not_ready: { status: 503, title: 'Not ready', temporary: true },
} as const satisfies Record<string, { status: number; title: string; temporary: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** A field at fault. */
interface Fault {
  path: string;
  message: string;
}

/** Thrown by services; becomes a problem document over REST and an error frame over WebSocket. */
export class ConfabError extends Error {
  readonly code: ErrorCode;
  readonly errors: Fault[] | undefined;
  /** Seconds to wait before another try; sent as `Retry-After`. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    extra: { errors?: Fault[]; retryAfterS?: number } = {},
  ) {
    super(detail);
    this.name = 'ConfabError';
    this.code = code;
    this.errors = extra.errors;
    this.retryAfterS = extra.retryAfterS;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get temporary(): boolean {
    return ERRORS[this.code].temporary;
  }
}
