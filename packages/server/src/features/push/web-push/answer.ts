import type { Posted } from '../outbound';
import type { Delivery } from '../provider';

/** What a push service's answer means (RFC 8030). Its own words are not passed on. */
export function readPushAnswer(posted: Posted): Delivery {
  switch (posted.kind) {
    case 'timed_out':
      return { kind: 'try_again', why: 'The push service did not answer in time.' };
    case 'unreachable':
      return { kind: 'try_again', why: 'The push service could not be reached.' };
    case 'answered':
      return ofStatus(posted.status, posted.retryAfterMs);
  }
}

function ofStatus(status: number, retryAfterMs: number | undefined): Delivery {
  if (status >= 200 && status < 300) {
    return { kind: 'delivered', why: 'The push service took it.' };
  }
  switch (status) {
    case 404:
    case 410:
      return { kind: 'gone', why: 'The browser ended its subscription.' };
    case 401:
    case 403:
      return { kind: 'refused', why: `${UNKNOWN_SERVER} See VAPID_SUBJECT, and the clock.` };
    case 408:
    case 429:
      return { kind: 'try_again', why: 'The push service takes no more now.', retryAfterMs };
    default:
      return status >= 500
        ? { kind: 'try_again', why: 'The push service is out of order.', retryAfterMs }
        : { kind: 'refused', why: `The push service refused it, with status ${status}.` };
  }
}

const UNKNOWN_SERVER = "The push service does not accept this server's signature.";
