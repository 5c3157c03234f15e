import { ERRORS, type ErrorCode } from '@confab/protocol';

/** Thrown by a handler: becomes a problem document or an error frame. */
export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly retryAfterS?: number,
  ) {
    super(code);
  }
}

export const json = (body: object) => new Response(JSON.stringify(body));

export function problem({ code, retryAfterS }: Refusal): Response {
  const { status, title } = ERRORS[code];
  const headers = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  const body = { type: 'about:blank', title, status, detail: title, code, request_id: 'r1' };
  return new Response(JSON.stringify(body), { status, headers });
}
