import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Kept over a restart: uploads there go on. */
const RESUMABLE = 'tus';

/** Where files lie while they come in and are looked into. Nothing there outlives its request. */
export class Incoming {
  readonly #directory: string;

  constructor(storageDir: string) {
    this.#directory = join(storageDir, 'incoming');
  }

  /** Where uploads lie that go on after a break. */
  get resumable(): string {
    return join(this.#directory, RESUMABLE);
  }

  /** Erases what a crash left there. */
  async prepare(): Promise<void> {
    await mkdir(this.resumable, { recursive: true });
    for (const name of await readdir(this.#directory)) {
      if (name !== RESUMABLE) {
        await rm(join(this.#directory, name), { recursive: true, force: true });
      }
    }
    await this.#removeHalves();
  }

  /** An upload that goes on is its content and its description; a crash may leave one without the other. */
  async #removeHalves(): Promise<void> {
    const names = new Set(await readdir(this.resumable));
    for (const name of names) {
      const other = name.endsWith('.json') ? name.slice(0, -'.json'.length) : `${name}.json`;
      if (!names.has(other)) await rm(join(this.resumable, name), { force: true });
    }
  }

  /** Erases what somebody has begun to upload. Repeating it is harmless. */
  async forget(userId: number): Promise<void> {
    for (const name of await readdir(this.resumable)) {
      if (name.startsWith(`${userId}-`)) await rm(join(this.resumable, name), { force: true });
    }
  }

  /** A folder for as long as `use` runs. */
  async within<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.#directory, 'part-'));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
