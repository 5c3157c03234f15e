import { afterEach, expect, test } from 'bun:test';
import { uploadBy, uploadByXhr } from './sending';

const BODY = new Blob(['x'.repeat(300_000)]);
const globals = globalThis as unknown as { XMLHttpRequest?: unknown };
afterEach(() => {
  Reflect.deleteProperty(globals, 'XMLHttpRequest');
});

/** What a browser has, as far as uploads use it. */
class FakeXhr {
  static last: FakeXhr;
  readonly sentHeaders: Record<string, string> = {};
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  status = 0;
  statusText = '';
  response: Blob | null = null;
  opened: string[] = [];
  body: unknown;
  onload = () => {};
  onerror = () => {};
  onabort = () => {};

  constructor() {
    FakeXhr.last = this;
  }

  open(...opened: string[]) {
    this.opened = opened;
  }

  setRequestHeader(name: string, value: string) {
    this.sentHeaders[name] = value;
  }

  getAllResponseHeaders() {
    return 'x-media-id: 7\r\nupload-offset:  300000\r\n';
  }

  send(body: unknown) {
    this.body = body;
  }

  abort() {
    this.onabort();
  }
}

function begun(init: RequestInit = {}) {
  globals.XMLHttpRequest = FakeXhr;
  const sent: number[] = [];
  const whole = { method: 'PATCH', ...init, body: BODY };
  const answer = uploadByXhr('http://x/a', whole, (bytes) => sent.push(bytes));
  return { answer, sent, xhr: FakeXhr.last };
}

test('a browser tells of its progress by XMLHttpRequest', async () => {
  const { answer, sent, xhr } = begun({ headers: { 'Upload-Offset': '0' } });
  expect(xhr.opened).toEqual(['PATCH', 'http://x/a']);
  expect(xhr.sentHeaders).toEqual({ 'upload-offset': '0' });
  expect(xhr.body).toBe(BODY);
  xhr.upload.onprogress?.({ loaded: 1000 });
  xhr.status = 204;
  xhr.onload();
  const { status, headers } = await answer;
  expect([status, headers.get('X-Media-Id'), headers.get('Upload-Offset')]).toEqual([
    204,
    '7',
    '300000',
  ]);
  expect(sent).toEqual([1000]);
});

test('an answer with a body can be read', async () => {
  const { answer, xhr } = begun();
  xhr.status = 415;
  xhr.response = new Blob(['{"code":"type_mismatch"}']);
  xhr.onload();
  expect(await (await answer).json()).toEqual({ code: 'type_mismatch' });
});

test('losses and aborts fail', async () => {
  const lost = begun();
  lost.xhr.onerror();
  await expect(lost.answer).rejects.toThrow(TypeError);
  const controller = new AbortController();
  const { answer } = begun({ signal: controller.signal });
  controller.abort();
  expect((await answer.catch((error) => error)).name).toBe('AbortError');
  const late = begun({ signal: AbortSignal.abort() });
  expect((await late.answer.catch((error) => error)).name).toBe('AbortError');
  expect(late.xhr.body).toBeUndefined();
});

test('elsewhere the body is watched while it is read', async () => {
  const sent: number[] = [];
  let body: unknown;
  const fetch = async (_url: string, init: RequestInit) => {
    body = init.body;
    return new Response(await new Response(init.body ?? null).text());
  };
  const answer = await uploadBy(fetch)('http://x/a', { body: BODY }, (n) => sent.push(n));
  expect(body).toBeInstanceOf(ReadableStream);
  expect((await answer.text()).length).toBe(BODY.size);
  expect(sent[0]).toBe(0);
  expect(sent.at(-1)).toBe(BODY.size);
});
