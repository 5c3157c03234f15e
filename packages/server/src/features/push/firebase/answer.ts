import { z } from 'zod';
import { readJson } from '../json';
import type { Posted } from '../outbound';
import type { Delivery } from '../provider';

/** What FCM says when it sets no Retry-After with 429: wait a minute. */
const QUOTA_WAIT_MS = 60_000;

const Accepted = z.object({ name: z.string() });

const FcmError = z.object({
  error: z.object({
    status: z.string(),
    message: z.string().catch(''),
    details: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
        }),
      )
      .catch([]),
  }),
});
/** Undefined when the answer is not Google's, but some proxy's page, say. */
type FcmError = z.output<typeof FcmError>['error'] | undefined;

export type FcmAnswer = Delivery | { readonly kind: 'token_refused' };

/** What an answer of `messages:send` means. Its own words are not passed on. */
export function readFcmAnswer(posted: Posted): FcmAnswer {
  switch (posted.kind) {
    case 'timed_out':
      return { kind: 'try_again', why: 'Firebase did not answer in time.' };
    case 'unreachable':
      return { kind: 'try_again', why: 'Firebase could not be reached.' };
    case 'answered':
      return ofStatus(posted.status, posted.text, posted.retryAfterMs);
  }
}

function ofStatus(status: number, text: string, retryAfterMs: number | undefined): FcmAnswer {
  if (status === 200) return accepted(text);
  const error = readJson(text, FcmError)?.error;
  switch (status) {
    case 400:
      return invalid(error);
    case 401:
      return codeOf(error) === 'THIRD_PARTY_AUTH_ERROR' ? noApnsKey : { kind: 'token_refused' };
    case 403:
      return forbidden(error);
    case 404:
      return error ? unregistered : strange(404);
    case 429:
      return busy('Firebase takes no more at the moment.', retryAfterMs ?? QUOTA_WAIT_MS);
    default:
      return status >= 500 ? busy('Firebase is out of order.', retryAfterMs) : strange(status);
  }
}

const busy = (why: string, retryAfterMs: number | undefined): Delivery => ({
  kind: 'try_again',
  why,
  retryAfterMs,
});

const strange = (status: number): Delivery => ({
  kind: 'refused',
  why: `Firebase refused it, with status ${status}.`,
});

const noApnsKey: Delivery = {
  kind: 'refused',
  why: "Firebase cannot reach Apple's push service: the project lacks a valid APNs key.",
};

const unregistered: Delivery = { kind: 'gone', why: 'The app was removed from this device.' };

function accepted(text: string): Delivery {
  if (readJson(text, Accepted)) return { kind: 'delivered', why: 'Firebase took it.' };
  return { kind: 'try_again', why: 'Firebase answered something that is not understood.' };
}

/** `UNREGISTERED`, `QUOTA_EXCEEDED` …: the same words for Android, Apple and the web. */
const codeOf = (error: FcmError): string | undefined =>
  error?.details.find(({ errorCode }) => errorCode !== undefined)?.errorCode;

/** The same code says that the token is none, or that the rest of the message is at fault. */
function blamesToken(error: FcmError): boolean {
  const violations = error?.details.flatMap(({ fieldViolations = [] }) => fieldViolations) ?? [];
  const named = violations.some(({ field }) => field === 'message.token');
  return named || /registration token/i.test(error?.message ?? '');
}

function invalid(error: FcmError): Delivery {
  if (blamesToken(error)) return { kind: 'gone', why: 'Firebase knows no such token.' };
  return { kind: 'refused', why: 'Firebase does not accept the notification.' };
}

function forbidden(error: FcmError): Delivery {
  const why =
    codeOf(error) === 'SENDER_ID_MISMATCH'
      ? "The app's token belongs to another Firebase project than this server's."
      : 'The service account may not send with this Firebase project.';
  return { kind: 'refused', why };
}
