import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { SqliteConnection } from './sqlite';

/** How often the mark beside the database follows it. */
const FOLLOW_MS = 1000;

interface Mark {
  /** Made anew at every start, and kept in the database too. */
  start: string;
  /** The highest message id that the database had. */
  messages: number;
}

/**
 * Tells whether a SQLite file is the one that this server wrote last, or was put there from
 * elsewhere (a backup, most likely). A small file beside the database says which start of the
 * server wrote last and how far it came; a database of another start, or one that has fallen behind,
 * has another history, and clients must not trust the revisions that they hold.
 */
export class HistoryMark {
  readonly #file: string;
  #mark: Mark;
  #timer: Timer | undefined;

  constructor(databasePath: string) {
    this.#file = `${databasePath}.history`;
    this.#mark = { start: randomUUID(), messages: 0 };
  }

  /** Compares the two and begins a new mark. @returns whether the history goes on */
  begin(database: SqliteConnection): boolean {
    const stored = database.raw.query(`select value from meta where key = 'mark'`).get() as {
      value: string;
    } | null;
    const messages = newestMessage(database);
    const known = this.#read();
    const goesOn = stored === null || (stored.value === known?.start && messages >= known.messages);
    this.#mark = { start: this.#mark.start, messages };
    this.#write();
    database.raw
      .query(`insert into meta (key, value) values ('mark', ?1)
        on conflict (key) do update set value = ?1`)
      .run(this.#mark.start);
    return goesOn;
  }

  /** Keeps the mark in step with what is written meanwhile. */
  follow(database: SqliteConnection): void {
    const step = () => {
      const messages = newestMessage(database);
      if (messages === this.#mark.messages) return;
      this.#mark = { ...this.#mark, messages };
      this.#write();
    };
    this.#timer = setInterval(step, FOLLOW_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #read(): Mark | undefined {
    if (!existsSync(this.#file)) return undefined;
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Mark;
    } catch {
      return undefined;
    }
  }

  #write() {
    writeFileSync(this.#file, JSON.stringify(this.#mark));
  }
}

function newestMessage(database: SqliteConnection): number {
  const row = database.statement(`select seq from sqlite_sequence where name = 'messages'`).get();
  return (row as { seq: number } | null)?.seq ?? 0;
}
