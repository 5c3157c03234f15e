import { copyFileSync, rmSync } from 'node:fs';
import { SqliteConnection } from '../../storage/sqlite';
import type { Outcome } from '../../storage/write';
import type { Writer } from './executor';

/** Writers that are broken on purpose. */

/** Forgets of every third mention that it was notified of. */
export class ForgettingNotices implements Writer {
  readonly #sound: Writer;
  readonly #path: string;
  #count = 0;

  constructor(sound: Writer, path: string) {
    this.#sound = sound;
    this.#path = path;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const outcomes = await this.#sound.run(items);
    const isMention = items.some(({ write }) => write === 'notifications.mentions');
    if (!isMention || ++this.#count % 3 !== 0) return outcomes;
    const connection = new SqliteConnection(this.#path);
    connection.raw.exec('update mentions set notified = 0');
    connection.close();
    return outcomes;
  }

  close() {
    this.#sound.close();
  }
}

/** Answers writes of one kind without doing them. */
export class IdleWriter implements Writer {
  readonly #sound: Writer;
  readonly #write: string;
  readonly #answer: unknown;

  constructor(sound: Writer, write: string, answer: unknown) {
    this.#sound = sound;
    this.#write = write;
    this.#answer = answer;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const done = await this.#sound.run(items.filter(({ write }) => write !== this.#write));
    return items.map(
      ({ write }): Outcome =>
        write === this.#write ? { ok: true, value: this.#answer } : (done.shift() as Outcome),
    );
  }

  close() {
    this.#sound.close();
  }
}

/** Takes what is due off the list, and hands none of it over. */
export class HastyWriter implements Writer {
  readonly #sound: Writer;
  readonly #path: string;

  constructor(sound: Writer, path: string) {
    this.#sound = sound;
    this.#path = path;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const outcomes = await this.#sound.run(items);
    const claim = items.findIndex(({ write }) => write === 'scheduled.claim');
    if (claim < 0) return outcomes;
    const connection = new SqliteConnection(this.#path);
    connection.raw.exec("delete from scheduled_messages where status = 'sending'");
    connection.close();
    return outcomes.map((outcome, i) => (i === claim ? { ok: true as const, value: [] } : outcome));
  }

  close() {
    this.#sound.close();
  }
}

/** Each batch is on disk only when the next one is, as without fsync. */
export class ForgetfulWriter implements Writer {
  readonly #sound: Writer;
  readonly #path: string;

  constructor(sound: Writer, path: string) {
    this.#sound = sound;
    this.#path = path;
  }

  run(items: Parameters<Writer['run']>[0]) {
    const connection = new SqliteConnection(this.#path);
    connection.raw.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    connection.close();
    copyFileSync(this.#path, `${this.#path}.before`);
    return this.#sound.run(items);
  }

  close() {
    this.#sound.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.#path}${end}`, { force: true });
    copyFileSync(`${this.#path}.before`, this.#path);
  }
}

/** Takes every message, whether it had it before or not. */
export class OpenHandedWriter implements Writer {
  readonly #sound: Writer;
  readonly #seen = new Set<string>();

  constructor(sound: Writer) {
    this.#sound = sound;
  }

  run(items: Parameters<Writer['run']>[0]) {
    return this.#sound.run(
      items.map(({ write, input }) => {
        const { clientMessageId } = (input ?? {}) as { clientMessageId?: string };
        const isKnown = clientMessageId !== undefined && this.#seen.has(clientMessageId);
        if (clientMessageId) this.#seen.add(clientMessageId);
        const altered = { ...(input as object), clientMessageId: crypto.randomUUID() };
        return { write, input: isKnown ? altered : input };
      }),
    );
  }

  close() {
    this.#sound.close();
  }
}

/** Gives the id of the message before to every tenth. */
export class RepetitiveWriter implements Writer {
  readonly #sound: Writer;
  #count = 0;
  #last = 0;

  constructor(sound: Writer) {
    this.#sound = sound;
  }

  async run(items: Parameters<Writer['run']>[0]) {
    const outcomes = await this.#sound.run(items);
    items.forEach(({ write }, i) => {
      const outcome = outcomes[i];
      if (write !== 'messages.send' || !outcome?.ok) return;
      const sent = outcome.value as { id: number };
      if (++this.#count % 10 === 0) sent.id = this.#last;
      this.#last = sent.id;
    });
    return outcomes;
  }

  close() {
    this.#sound.close();
  }
}
