import type { UploadAnswer } from '@confab/protocol';
import { formOf, type TestFile } from '../../packages/server/src/testing/files';
import type { TestUser } from '../../packages/server/src/testing/user';

const TUS = '/api/media/tus';
const PIECE = 64 * 1024;

/** What somebody knows who uploads until the server is gone. */
export class Uploader {
  readonly #user: TestUser;
  readonly #make: () => TestFile;
  readonly #heard: () => void;
  /** Paths of the files that the server said it has. */
  readonly known: string[] = [];
  /** Resumable uploads of which something was confirmed, and how much. */
  readonly begun = new Map<string, { bytes: Uint8Array<ArrayBuffer>; confirmed: number }>();

  /** The paths of all resumable uploads that the server said it has begun. */
  readonly heardOf = new Set<string>();

  constructor(user: TestUser, make: () => TestFile, heard: () => void) {
    this.#user = user;
    this.#make = make;
    this.#heard = heard;
  }

  /** One whole upload after the other. */
  async sendForms(): Promise<void> {
    await this.#untilGone(async () => {
      const body = formOf([this.#make(), this.#make()]);
      const answer = await this.#user.fetch('/api/media/upload', { method: 'POST', body });
      if (answer.status !== 201) throw new Error(`An upload was answered with ${answer.status}`);
      const { items }: UploadAnswer = await answer.json();
      this.known.push(...items.map(({ url }) => url));
    });
  }

  /** One upload in pieces after the other. */
  async sendPieces(): Promise<void> {
    await this.#untilGone(async () => {
      const { name, bytes } = this.#make();
      const content = new Uint8Array(Buffer.from(bytes as Uint8Array));
      const created = await this.#ask('POST', TUS, {
        'upload-length': String(content.length),
        'upload-metadata': `filename ${btoa(name)}`,
      });
      const at = created.headers.get('location') ?? '';
      this.heardOf.add(at);
      this.begun.set(at, { bytes: content, confirmed: 0 });
      await this.finish(at);
    });
  }

  /** Sends what is missing of an upload, from where the server says that it is. */
  async finish(at: string): Promise<void> {
    const upload = this.begun.get(at);
    if (!upload) return;
    const head = await this.#ask('HEAD', at, {});
    let id = head.headers.get('x-media-id');
    for (let offset = Number(head.headers.get('upload-offset')); id === null; ) {
      const piece = upload.bytes.subarray(offset, offset + PIECE);
      const answer = await this.#ask(
        'PATCH',
        at,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        piece,
      );
      id = answer.headers.get('x-media-id');
      offset = Number(answer.headers.get('upload-offset'));
      upload.confirmed = offset;
      this.#heard();
    }
    this.begun.delete(at);
    this.known.push(`/api/media/${id}`);
  }

  /** How much of an upload the server has; undefined when it knows none. */
  async offsetOf(at: string): Promise<number | undefined> {
    const head = await this.#user.fetch(at, {
      method: 'HEAD',
      headers: { 'tus-resumable': '1.0.0' },
    });
    return head.status === 404 ? undefined : Number(head.headers.get('upload-offset'));
  }

  async #ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: BodyInit | null = null,
  ): Promise<Response> {
    const all = { 'tus-resumable': '1.0.0', ...headers };
    const answer = await this.#user.fetch(path, { method, body, headers: all });
    if (answer.status >= 300) throw new Error(`${method} was answered with ${answer.status}`);
    return answer;
  }

  /** A refused connection is the end that is waited for; a refusal in words is not. */
  async #untilGone(send: () => Promise<void>): Promise<void> {
    try {
      for (;;) {
        await send();
        this.#heard();
      }
    } catch (error) {
      if (/answered with/.test(String(error))) throw error;
    }
  }
}
