import { ConfabError } from '@confab/protocol';
import { parseJson } from '../lib/json';

/** Larger JSON bodies are refused; a group of 10,000 members named by id fits well. */
const MAX_BODY_BYTES = 512 * 1024;

/**
 * Reads a request's body as the endpoint takes it.
 * @throws ConfabError `too_large`, `unsupported_media_type` or `invalid_json`
 */
export async function readBody(request: Request, takesForm: boolean): Promise<unknown> {
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding !== 'identity') {
    throw new ConfabError('unsupported_media_type', 'Send the body without Content-Encoding');
  }
  const type =
    (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isForm = type === 'application/x-www-form-urlencoded';
  const isJson = type === '' || type === 'application/json' || type.endsWith('+json');
  if (!isJson && !(isForm && takesForm)) {
    throw new ConfabError('unsupported_media_type', 'Send the body as application/json');
  }
  const text = await readText(request);
  if (isForm) return Object.fromEntries(new URLSearchParams(text));
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch {
    throw new ConfabError('invalid_json', 'The body is not valid JSON');
  }
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ConfabError('invalid_json', 'The body is not valid UTF-8');
  }
}

const tooLarge = () => new ConfabError('too_large', `A body has at most ${MAX_BODY_BYTES} bytes`);
