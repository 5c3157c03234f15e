import type { Media, MediaId, MessageId, UserId } from '@confab/protocol';
import { json, Refusal } from './fake-answers';
import type { FakeUser } from './fake-chat';

const TUS = '/api/media/tus';
const TIME = '2026-11-20T12:00:00.000Z';

interface FakeUpload {
  readonly size: number;
  readonly metadata: Record<string, string>;
  bytes: Blob;
  mediaId: MediaId | null;
}

/** The files of a fake server, in memory. */
export class FakeFiles {
  readonly uploads = new Map<string, FakeUpload>();
  readonly media = new Map<number, { readonly media: Media; readonly bytes: Blob }>();
  /** Every call, as `method path`, with how many bytes came. */
  readonly calls: string[] = [];
  /** Called before a call is carried out; throws what it fails with. */
  before: (call: string) => void | Promise<void> = () => {};
  /** Called after it; what this throws loses the answer. */
  after: (call: string) => void = () => {};
  /** Called when all of an upload is there; throws why nothing can be made of it. */
  finishes: () => void = () => {};
  /** How many bytes of a file come until a download breaks. */
  breaksAfter = Number.POSITIVE_INFINITY;
  /** How many bytes it has of each file. */
  has = Number.POSITIVE_INFINITY;
  /** Whether it answers for what it has not, by nothing, in place of refusing. */
  isEvasive = false;
  etag = '"1"';
  /** Milliseconds since 1970. */
  linksEnd = 1_300_000;
  #ids = 0;

  async answer(method: string, url: URL, init: RequestInit, user: FakeUser): Promise<Response> {
    const body = await new Response(init.body ?? null).blob();
    const call = `${method} ${url.pathname.replace(/\d+$/, 'N')}`;
    this.calls.push(body.size > 0 ? `${call} ${body.size}` : call);
    await Promise.race([this.before(call), untilAborted(init.signal)]);
    const response = await this.#carryOut(method, url, new Headers(init.headers), body, user);
    this.after(call);
    return response;
  }

  of(ids: unknown): Media[] {
    if (!Array.isArray(ids)) return [];
    return ids.map((id) => this.#held(Number(id)).media);
  }

  /** Keeps a file as if it had been uploaded. */
  put(bytes: Blob, name: string, fields: Partial<Media> = {}, by = 1 as UserId): Media {
    const id = ++this.#ids as MediaId;
    const media = { ...mediaOf(id, bytes, name), uploader_id: by, ...fields };
    this.media.set(id, { media, bytes });
    return media;
  }

  #carryOut(
    method: string,
    url: URL,
    headers: Headers,
    body: Blob,
    user: FakeUser,
  ): Response | Promise<Response> {
    const { pathname } = url;
    if (method === 'POST' && pathname === TUS) return this.#create(headers);
    if (pathname.startsWith(TUS)) return this.#resume(method, pathname, headers, body, user);
    if (method === 'POST') return this.#multipart(headers, body, user);
    const [, id, kind = ''] = /^\/api\/media\/(\d+)\/?(\w*)$/.exec(pathname) ?? [];
    const held = this.#held(Number(id));
    if (kind === 'info') return json(held.media);
    if (kind === 'link') {
      const at = `${url.search}&n=${this.calls.length}`;
      return json({ url: `/media/${id}${at}`, expires_at: new Date(this.linksEnd).toISOString() });
    }
    if (method === 'GET') return this.#read(held.bytes, headers);
    this.media.delete(Number(id));
    return new Response(null, { status: 204 });
  }

  #create(headers: Headers): Response {
    const id = `u${++this.#ids}`;
    const metadata = Object.fromEntries(
      (headers.get('Upload-Metadata') ?? '').split(',').map((pair) => {
        const [name = '', value = ''] = pair.split(' ');
        return [name, Buffer.from(value, 'base64').toString()];
      }),
    );
    const size = Number(headers.get('Upload-Length'));
    this.uploads.set(id, { size, metadata, bytes: new Blob(), mediaId: null });
    return new Response(null, { status: 201, headers: { Location: `${TUS}/${id}` } });
  }

  #resume(method: string, path: string, headers: Headers, body: Blob, user: FakeUser): Response {
    const id = path.slice(TUS.length + 1);
    const upload = this.uploads.get(id);
    if (!upload) throw new Refusal('not_found');
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    if (method === 'PATCH') this.#append(upload, Number(headers.get('Upload-Offset')), body, user);
    const state: Record<string, string> = { 'Upload-Offset': String(upload.bytes.size) };
    if (upload.mediaId !== null) state['X-Media-Id'] = String(upload.mediaId);
    return new Response(null, { status: 204, headers: state });
  }

  #append(upload: FakeUpload, offset: number, body: Blob, user: FakeUser): void {
    if (offset !== upload.bytes.size) throw new Refusal('conflict');
    upload.bytes = new Blob([upload.bytes, body]);
    if (upload.bytes.size < upload.size || upload.mediaId !== null) return;
    this.finishes();
    const { filename = '', message_id } = upload.metadata;
    const fields = message_id ? { message_id: Number(message_id) as MessageId } : {};
    upload.mediaId = this.put(upload.bytes, filename, fields, user.id).id;
  }

  async #multipart(headers: Headers, body: Blob, user: FakeUser): Promise<Response> {
    const form = await new Response(body, { headers }).formData();
    const file = form.get('file');
    if (!(file instanceof File)) throw new Refusal('invalid');
    const fields = { is_voice: form.get('is_voice') === '1', mime_type: file.type };
    return json({ items: [this.put(file, file.name, fields, user.id)] });
  }

  #read(bytes: Blob, headers: Headers): Response {
    const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.get('Range') ?? '') ?? [];
    const isSame = (headers.get('If-Range') ?? this.etag) === this.etag;
    const start = from !== undefined && isSame ? Number(from) : 0;
    if (start > 0 && start >= this.has && !this.isEvasive) {
      throw new Refusal('range_not_satisfiable');
    }
    const rest = bytes
      .slice(0, this.has)
      .slice(start, last && isSame ? Number(last) + 1 : undefined);
    const isCut = rest.size > this.breaksAfter;
    const reader = rest.slice(0, this.breaksAfter).stream().getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) controller.enqueue(value);
        else if (isCut) controller.error(new TypeError('connection reset'));
        else controller.close();
      },
    });
    const status = from !== undefined && isSame ? 206 : 200;
    return new Response(body, { status, headers: { ETag: this.etag } });
  }

  #held(id: number): { media: Media; bytes: Blob } {
    const held = this.media.get(id);
    if (!held) throw new Refusal('not_found');
    return held;
  }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('Aborted', 'AbortError'));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
  });
}

function mediaOf(id: MediaId, bytes: Blob, name: string): Media {
  return {
    id,
    message_id: null,
    uploader_id: 1 as UserId,
    filename: `${id}.bin`,
    original_filename: name,
    file_size: bytes.size,
    mime_type: bytes.type,
    media_type: 'other',
    width: null,
    height: null,
    duration: null,
    thumbnail_path: null,
    thumbnail_width: null,
    thumbnail_height: null,
    thumbhash: null,
    waveform: null,
    rotation: null,
    codec: null,
    tags: null,
    is_animated: false,
    is_voice: false,
    is_processed: true,
    url: `/api/media/${id}`,
    created_at: TIME,
  };
}
