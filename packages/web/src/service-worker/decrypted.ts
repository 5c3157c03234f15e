import {
  DECRYPTED,
  type DecryptedAnswer,
  type DecryptedQuestion,
  isPlayable,
} from './decrypted-messages';
import { type FetchEvent, scope } from './scope';

type Read = Extract<DecryptedAnswer, { state: 'read' }>;

const HEADERS = {
  'accept-ranges': 'bytes',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** Who asks gets what it decrypted itself: no other page can, and no page by being led there. */
export async function respondDecrypted({ request, clientId }: FetchEvent): Promise<Response> {
  const id = new URL(request.url).pathname.slice(DECRYPTED.length);
  const range = request.headers.get('range');
  const found = await ask(clientId, id, range ?? 'bytes=0-');
  if (found.state !== 'read') return failure(found);
  if (!isPlayable(found.type)) return failure({ state: 'missing' });
  return range === null ? whole(found, clientId, id) : part(found);
}

async function ask(clientId: string, id: string, range: string): Promise<DecryptedAnswer> {
  const page = clientId === '' ? undefined : await scope.clients.get(clientId);
  if (!page) return { state: 'missing' };
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<DecryptedAnswer>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  const question: DecryptedQuestion = { type: 'decrypted', id, range };
  page.postMessage(question, [port2]);
  return answer.finally(() => port1.close());
}

function failure(found: Exclude<DecryptedAnswer, Read>): Response {
  switch (found.state) {
    case 'missing':
      return new Response(null, { status: 404, headers: HEADERS });
    case 'beyond':
      return new Response(null, {
        status: 416,
        headers: { ...HEADERS, 'content-range': `bytes */${found.size}` },
      });
    case 'broken':
      return new Response(null, { status: 502, headers: HEADERS });
    case 'unreached':
      return Response.error();
  }
}

/** Players ask for everything from somewhere on, get one piece, and ask for the next when they need it. */
function part({ type, size, start, bytes }: Read): Response {
  return new Response(bytes, {
    status: 206,
    headers: {
      ...HEADERS,
      'content-type': type,
      'content-length': String(bytes.length),
      'content-range': `bytes ${start}-${start + bytes.length - 1}/${size}`,
    },
  });
}

/** Piece by piece, as they are read. */
function whole(first: Read, clientId: string, id: string): Response {
  let next: DecryptedAnswer = first;
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at > 0) next = await ask(clientId, id, `bytes=${at}-`);
        if (next.state !== 'read') return controller.error(new Error('It broke off'));
        controller.enqueue(next.bytes);
        at += next.bytes.length;
        if (at >= first.size) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const { type, size } = first;
  return new Response(body, {
    headers: { ...HEADERS, 'content-type': type, 'content-length': String(size) },
  });
}
