import type { Media, UploadAnswer } from '@confab/protocol';
import { ClientError, cancelled } from '../errors';
import { unlessSent } from './sending';
import { type OpenFile, openFile } from './source';
import type { Transfer, TransferDeps, TransferTask } from './transfer';

/** Brings a file in one request. What breaks off begins anew; the server keeps nothing of it. */
export class MultipartTransfer implements Transfer {
  readonly #deps: TransferDeps;
  readonly #task: TransferTask;
  #media: Media | null = null;

  constructor(deps: TransferDeps, task: TransferTask) {
    this.#deps = deps;
    this.#task = task;
  }

  async run(signal: AbortSignal): Promise<Media> {
    this.#media ??= await this.#send(signal);
    if (signal.aborted) throw cancelled();
    return this.#media;
  }

  async abandon(): Promise<void> {
    if (!this.#media) return;
    await this.#deps.rest.call('deleteMedia', { params: { media_id: this.#media.id } });
  }

  async #send(signal: AbortSignal): Promise<Media> {
    const { purpose, onSent } = this.#task;
    const boundary = `confab-${this.#deps.runtime.uuid()}`;
    const { body, head } = await this.#body(boundary);
    const target = purpose.messageId === undefined ? '' : `/${purpose.messageId}`;
    const response = await this.#deps.rest.request({
      method: 'POST',
      path: `/api/media/upload${target}`,
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      body,
      ...unlessSent(signal, body.size, (bytes) => onSent(bytes - head)),
    });
    const { items } = (await response.json()) as UploadAnswer;
    const [media] = items;
    if (!media) throw new ClientError('bad_answer', 'The server tells nothing of the file');
    return media;
  }

  /** @returns the body, and how many of its bytes come before the file's */
  async #body(boundary: string): Promise<{ body: Blob; head: number }> {
    const { file, purpose } = this.#task;
    const field = (name: string, rest: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`;
    const fileField = (name: string, part: { name: string; type: string }) =>
      field(name, `; filename="${quoted(part.name)}"\r\nContent-Type: ${mediaType(part.type)}`);
    const voice = purpose.isVoice ? `${field('is_voice', '')}1\r\n` : '';
    const head = new Blob([voice, fileField('file', file)]);
    const parts: BlobPart[] = [head, await wholeOf(file)];
    if (purpose.poster) {
      const poster = openFile(purpose.poster);
      parts.push('\r\n', fileField('poster', poster), await wholeOf(poster));
    }
    return { body: new Blob([...parts, `\r\n--${boundary}--\r\n`]), head: head.size };
  }
}

async function wholeOf(file: OpenFile): Promise<Blob> {
  try {
    return await file.read(0, file.size);
  } finally {
    file.close();
  }
}

/** As RFC 7578 has it; a name has no line breaks and no backslashes of its own here. */
const quoted = (name: string) => name.replace(/[\r\n]/g, ' ').replaceAll('"', '\\"');

const mediaType = (type: string) =>
  /^[\w.+/; =-]+$/.test(type) ? type : 'application/octet-stream';
