import type { Cancel } from '../../runtime';
import { type BackupKey, openBackup, sealBackup } from '../backup/backup';
import { type BackupContent, writeContent } from '../backup/content';
import { Refusal } from '../errors';
import { hashText } from '../hash';
import { type KeyServer, Outrun } from './key-server';

/** So long after a change the backup is written, milliseconds: several changes make one write. */
const PAUSE_MS = 2_000;
const TRIES = 5;

/** What is backed up, kept by others. */
export interface BackupSource {
  readonly user: number;
  /** Null while this device has no part in a backup. */
  content(): Promise<{ content: BackupContent; key: BackupKey } | null>;
  /** Takes in what another device of the user backed up. */
  absorb(content: BackupContent): Promise<void>;
}

export interface BackupKeeperOptions {
  readonly server: Pick<KeyServer, 'backup' | 'putBackup'>;
  readonly source: BackupSource;
  readonly setTimer: (callback: () => void, ms: number) => Cancel;
  /** The backup on the server was made with another recovery key: this device must be told it. */
  readonly onLocked: () => void;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Keeps the backup current. Devices of one user write it side by side: each takes in what the others
 * wrote before it writes itself, and nobody overwrites what they cannot read.
 */
export class BackupKeeper {
  readonly #options: BackupKeeperOptions;
  /** The server's version that was last read or written here. */
  #version: number | null = null;
  #written: string | null = null;
  #isLocked = false;
  #cancel: Cancel | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: BackupKeeperOptions) {
    this.#options = options;
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }

  /** Something changed that must be backed up. */
  touch(): void {
    if (this.#cancel || this.#isLocked) return;
    this.#cancel = this.#options.setTimer(() => {
      this.#cancel = null;
      void this.save().catch(this.#options.onFault);
    }, PAUSE_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Writes what changed; one write after the other. */
  save(): Promise<void> {
    const saving = this.#saving.catch(() => {}).then(() => this.#save());
    this.#saving = saving;
    return saving;
  }

  /** Takes in what the user's other devices wrote meanwhile, and writes what they do not have. */
  exchange(): Promise<void> {
    this.#version = null;
    return this.save();
  }

  /** Writes in the place of whatever is there: after a new recovery key, or a new identity. */
  async replace(): Promise<void> {
    this.#isLocked = false;
    this.#written = null;
    this.#version = (await this.#options.server.backup()).version;
    await this.save();
  }

  async #save(): Promise<void> {
    for (let tries = 1; !this.#isLocked; tries++) {
      await this.#catchUp();
      try {
        return await this.#write();
      } catch (error) {
        if (!(error instanceof Outrun) || tries === TRIES) throw error;
        this.#version = null;
      }
    }
  }

  /** Takes in what another device wrote since. */
  async #catchUp(): Promise<void> {
    const { server, source } = this.#options;
    const own = await source.content();
    if (this.#version !== null || !own) return;
    const { version, backup } = await server.backup();
    try {
      const theirs = backup && (await openBackup(source.user, own.key, backup));
      if (theirs) await source.absorb(theirs);
      // What lies there may be older than what was written here.
      this.#written = theirs && (await marked(own.key, theirs));
      this.#version = version;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#isLocked = true;
      this.#options.onLocked();
    }
  }

  async #write(): Promise<void> {
    const own = await this.#options.source.content();
    if (!own || this.#isLocked || this.#version === null) return;
    const hash = await marked(own.key, own.content);
    if (hash === this.#written) return;
    const backup = await sealBackup(own.key, own.content);
    this.#version = await this.#options.server.putBackup(this.#version, backup);
    this.#written = hash;
  }
}

/** Tells contents, and keys that they are sealed with, apart. */
const marked = ({ key }: BackupKey, content: BackupContent): Promise<string> =>
  hashText(key + writeContent(content));
