import { ConfabError, LIMITS } from '@confab/protocol';
import type { Clock } from '../lib/clock';
import { within } from '../lib/deadline';
import { parseJson } from '../lib/json';

export interface BodyOptions {
  clock: Pick<Clock, 'after'>;
  /** The body may also be a form. */
  takesForm: boolean;
  /** Bytes that JSON may have. */
  maxBytes: number;
}

/**
 * Reads a request's body as the endpoint takes it.
 * @throws ConfabError `too_large`, `unsupported_media_type`, `invalid_json` or `body_incomplete`
 */
export async function readBody(request: Request, options: BodyOptions): Promise<unknown> {
  const isForm = mustBeTaken(request.headers, options.takesForm) === 'form';
  const maxBytes = isForm ? LIMITS.formBytes : options.maxBytes;
  const text = await readText(request, maxBytes, options.clock);
  if (isForm) return Object.fromEntries(new URLSearchParams(text));
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch {
    throw new ConfabError('invalid_json', 'The body is not valid JSON');
  }
}

function mustBeTaken(headers: Headers, takesForm: boolean): 'form' | 'json' {
  const encoding = headers.get('content-encoding');
  if (encoding && encoding !== 'identity') {
    throw new ConfabError('unsupported_media_type', 'Send the body without Content-Encoding');
  }
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'application/x-www-form-urlencoded' && takesForm) return 'form';
  throw new ConfabError('unsupported_media_type', 'Send the body as application/json');
}

async function readText(
  request: Request,
  maxBytes: number,
  clock: BodyOptions['clock'],
): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const reader = request.body?.getReader();
  if (!reader) return '';
  try {
    return textOf(await within(clock, LIMITS.bodyS * 1000, readAll(reader, maxBytes), late));
  } finally {
    // What nobody wants any more; of a client that went away, this fails too.
    reader.cancel().catch(() => {});
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    // It fails for one reason: the client went away.
    const { done, value } = await reader.read().catch(() => {
      throw brokenOff();
    });
    if (done) return Buffer.concat(chunks);
    size += value.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(value);
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfabError('invalid_json', 'The body is not valid UTF-8');
  }
}

const tooLarge = (maxBytes: number) =>
  new ConfabError('too_large', `This body has at most ${maxBytes.toLocaleString('en')} bytes`);
const late = () =>
  new ConfabError('body_incomplete', `The body did not arrive within ${LIMITS.bodyS} seconds`);
const brokenOff = () => new ConfabError('body_incomplete', 'The body broke off before its end');
