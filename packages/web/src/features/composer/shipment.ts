import { ClientError, type Progress, type Upload } from '@confab/client';
import { type ReadonlySignal, signal } from '@preact/signals';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId, Media, MessageId } from '../../state/types';
import { isEncrypted } from '../encryption/encryption';
import type { PendingFile } from './pending-files';

/** What a message with files is made of. */
export interface Cargo {
  readonly chatId: ChatId;
  readonly text: string;
  readonly replyTo: MessageId | null;
  readonly files: readonly PendingFile[];
  /** When the server shall send it, ISO 8601; null for now. */
  readonly sendAt: string | null;
}

export type ShipmentState =
  | { readonly name: 'running' }
  | { readonly name: 'paused' }
  | { readonly name: 'failed'; readonly fault: unknown };

/** A message whose files are on their way. What fails may be tried again: nothing of it is lost. */
export interface Shipment {
  readonly cargo: ReadonlySignal<Cargo>;
  readonly state: ReadonlySignal<ShipmentState>;
  /** How far each file is, by its id. */
  readonly progress: ReadonlySignal<ReadonlyMap<number, Progress>>;
  /** Whether it can be halted and go on later. */
  readonly isPausable: boolean;
  /** Resolves once the message is in the outbox, or it was given up; never rejects. */
  run(): Promise<'sent' | 'failed' | 'cancelled'>;
  pause(): void;
  resume(): void;
  /** Leaves out one file. */
  drop(fileId: number): void;
  /** Gives up; nothing of it stays on the server. */
  cancel(): Promise<void>;
}

/** The files go up one by one, each of which can be halted; then the message names them. */
export class PlainShipment implements Shipment {
  readonly cargo;
  readonly state = signal<ShipmentState>({ name: 'running' });
  readonly progress = signal<ReadonlyMap<number, Progress>>(new Map());
  readonly isPausable = true;
  readonly #uploads = new Map<number, Upload>();
  #isCancelled = false;

  constructor(cargo: Cargo) {
    this.cargo = signal(cargo);
  }

  async run(): Promise<'sent' | 'failed' | 'cancelled'> {
    this.state.value = { name: 'running' };
    try {
      const media_ids = await this.#ids();
      if (this.#isCancelled) return 'cancelled';
      await deliver(this.cargo.value, { media_ids });
      return 'sent';
    } catch (fault) {
      if (this.#isCancelled) return 'cancelled';
      this.state.value = { name: 'failed', fault };
      return 'failed';
    }
  }

  pause(): void {
    if (this.state.value.name !== 'running') return;
    for (const upload of this.#uploads.values()) upload.pause();
    this.state.value = { name: 'paused' };
  }

  resume(): void {
    if (this.state.value.name !== 'paused') return;
    for (const upload of this.#uploads.values()) upload.resume();
    this.state.value = { name: 'running' };
  }

  drop(fileId: number): void {
    const { files, ...cargo } = this.cargo.value;
    this.cargo.value = { ...cargo, files: files.filter(({ id }) => id !== fileId) };
    const upload = this.#uploads.get(fileId);
    this.#uploads.delete(fileId);
    if (upload) void removed(upload);
  }

  async cancel(): Promise<void> {
    this.#isCancelled = true;
    await Promise.all([...this.#uploads.values()].map(removed));
  }

  /** Waits for files as long as there are some left, as one may be dropped meanwhile. */
  async #ids(): Promise<Media['id'][]> {
    for (;;) {
      const { files } = this.cargo.value;
      const uploads = files.map((file) => this.#uploadOf(file));
      const settled = await Promise.allSettled(uploads.map(({ done }) => done));
      if (this.cargo.value.files !== files) continue;
      return settled.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value.id;
      });
    }
  }

  /** One that is under way or done, else a new one. */
  #uploadOf({ id, file, isVoice }: PendingFile): Upload {
    const known = this.#uploads.get(id);
    if (known && known.state !== 'failed' && known.state !== 'cancelled') return known;
    const onProgress = (progress: Progress) => {
      this.progress.value = new Map(this.progress.value).set(id, progress);
    };
    const upload = session.client.upload(file, { isVoice, onProgress });
    this.#uploads.set(id, upload);
    return upload;
  }
}

/** Nothing of it stays on the server. That is tidied up there after a day, should this fail. */
async function removed(upload: Upload): Promise<void> {
  try {
    await upload.cancel();
    if (upload.state === 'done') await session.client.api.deleteMedia((await upload.done).id);
  } catch {}
}

type Draft = Exclude<Parameters<typeof session.client.send>[1], string>;

/** Sends the message, or has it sent later. */
export async function deliver(cargo: Cargo, more: Draft): Promise<void> {
  const { client } = session;
  const { chatId: chat_id, text: content, replyTo, sendAt } = cargo;
  const reply = replyTo === null ? {} : { reply_to_id: replyTo };
  if (sendAt === null) await client.send(chat_id, { content, ...reply, ...more });
  // The server would have to keep it as it is.
  else if (isEncrypted(chat_id)) throw new ClientError('cannot_encrypt', t('encryption.notLater'));
  else {
    const media_ids = more.media_ids ?? [];
    await client.api.schedule({ chat_id, content, ...reply, media_ids, send_at: sendAt });
  }
}
