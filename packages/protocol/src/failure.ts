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
  wrong_password: { status: 403, title: 'Wrong password', temporary: false },
  account_inactive: { status: 403, title: 'Account is deactivated', temporary: false },
  chat_closed: { status: 403, title: 'Chat is closed', temporary: false },
  origin_not_allowed: { status: 403, title: 'Origin is not allowed', temporary: false },
  not_found: { status: 404, title: 'Not found', temporary: false },
  not_a_member: { status: 404, title: 'Not a member', temporary: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', temporary: false },
  body_incomplete: { status: 408, title: 'Body did not arrive', temporary: true },
  conflict: { status: 409, title: 'Conflict', temporary: false },
  username_taken: { status: 409, title: 'Username is taken', temporary: false },
  email_taken: { status: 409, title: 'Email is taken', temporary: false },
  already_a_member: { status: 409, title: 'Already a member', temporary: false },
  group_full: { status: 409, title: 'Group is full', temporary: false },
  message_deleted: { status: 409, title: 'Message was deleted', temporary: false },
  client_side_only: { status: 409, title: 'Only devices can do this', temporary: false },
  key_not_on_server: { status: 409, title: 'The key is not on the server', temporary: false },
  identity_changed: { status: 409, title: 'Another identity key', temporary: false },
  too_many_devices: { status: 409, title: 'Too many devices', temporary: false },
  stale_list: { status: 409, title: 'The device list has changed', temporary: false },
  stale_key: { status: 409, title: 'The key has changed', temporary: false },
  stale_backup: { status: 409, title: 'The backup has changed', temporary: false },
  stale_epoch: { status: 409, title: 'Another epoch is needed', temporary: false },
  stale_log: { status: 409, title: 'The membership log has grown', temporary: false },
  media_in_use: { status: 409, title: 'File belongs to a message', temporary: false },
  precondition_failed: { status: 412, title: 'Precondition failed', temporary: false },
  too_large: { status: 413, title: 'Too large', temporary: false },
  quota_exceeded: { status: 413, title: 'No room left for your files', temporary: false },
  unsupported_media_type: { status: 415, title: 'Media type not supported', temporary: false },
  type_mismatch: { status: 415, title: 'File is not what it claims to be', temporary: false },
  range_not_satisfiable: { status: 416, title: 'Range is not in the file', temporary: false },
  invalid: { status: 422, title: 'Invalid request', temporary: false },
  not_supported: { status: 422, title: 'Not supported', temporary: false },
  unknown_type: { status: 422, title: 'Unknown frame type', temporary: false },
  envelope_required: { status: 422, title: 'The chat is encrypted', temporary: false },
  bad_signature: { status: 422, title: 'The signature does not fit', temporary: false },
  decryption_failed: { status: 422, title: 'Could not be decrypted', temporary: false },
  corrupt_media: { status: 422, title: 'File is damaged', temporary: false },
  media_too_complex: { status: 422, title: 'File is too large to process', temporary: false },
  upload_incomplete: { status: 422, title: 'Upload broke off', temporary: true },
  rate_limited: { status: 429, title: 'Too many requests', temporary: true },
  too_many_connections: { status: 429, title: 'Too many connections', temporary: true },
  too_many_uploads: { status: 429, title: 'Too many uploads at once', temporary: true },
  internal: { status: 500, title: 'Internal error', temporary: true },
  overloaded: { status: 503, title: 'Overloaded', temporary: true },
  not_ready: { status: 503, title: 'Not ready', temporary: true },
  storage_full: { status: 507, title: 'No room left on the server', temporary: true },
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
  /** Bytes of the file of which a part was asked for that it does not have; sent as `Content-Range`. */
  readonly fileSize: number | undefined;
  readonly #status: number | undefined;

  /** @param extra.status in place of the code's own, where the contract says so */
  constructor(
    code: ErrorCode,
    detail: string,
    extra: { errors?: Fault[]; retryAfterS?: number; fileSize?: number; status?: number } = {},
  ) {
    super(detail);
    this.name = 'ConfabError';
    this.code = code;
    this.errors = extra.errors;
    this.retryAfterS = extra.retryAfterS;
    this.fileSize = extra.fileSize;
    this.#status = extra.status;
  }

  get status(): number {
    return this.#status ?? ERRORS[this.code].status;
  }

  get temporary(): boolean {
    return ERRORS[this.code].temporary;
  }
}
