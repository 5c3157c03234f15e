import type { Progress } from '@confab/client';
import { signal } from '@preact/signals';
import { describeFile } from '../media/describe-file';
import { type Cargo, deliver, type Shipment, type ShipmentState } from './shipment';

/** To an encrypted chat: the files are encrypted while they go up, all with their message. */
export class SealedShipment implements Shipment {
  readonly cargo;
  readonly state = signal<ShipmentState>({ name: 'running' });
  readonly progress = signal<ReadonlyMap<number, Progress>>(new Map());
  readonly isPausable = false;
  /** Ends the try that is under way. */
  #controller = new AbortController();
  #isCancelled = false;

  constructor(cargo: Cargo) {
    this.cargo = signal(cargo);
  }

  async run(): Promise<'sent' | 'failed' | 'cancelled'> {
    this.state.value = { name: 'running' };
    for (;;) {
      const { files } = this.cargo.value;
      this.#controller = new AbortController();
      try {
        await deliver(this.cargo.value, {
          files: files.map(({ file }) => file),
          describe: (file) =>
            describeFile(
              file,
              files.some((one) => one.file === file && one.isVoice),
            ),
          signal: this.#controller.signal,
          onEachProgress: (all) =>
            this.#show(
              files.map(({ id }) => id),
              all,
            ),
        });
        return 'sent';
      } catch (fault) {
        if (this.#isCancelled) return 'cancelled';
        if (this.cargo.value.files !== files) continue;
        this.state.value = { name: 'failed', fault };
        return 'failed';
      }
    }
  }

  pause(): void {}

  resume(): void {}

  /** The others begin anew: what was encrypted for one message is good for no other. */
  drop(fileId: number): void {
    const { files, ...cargo } = this.cargo.value;
    this.cargo.value = { ...cargo, files: files.filter(({ id }) => id !== fileId) };
    this.#controller.abort();
  }

  async cancel(): Promise<void> {
    this.#isCancelled = true;
    this.#controller.abort();
  }

  #show(ids: readonly number[], all: readonly Progress[]): void {
    const shown = new Map<number, Progress>();
    for (const [index, id] of ids.entries()) {
      const progress = all[index];
      if (progress) shown.set(id, progress);
    }
    this.progress.value = shown;
  }
}
