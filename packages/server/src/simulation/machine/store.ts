import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../storage/migrate';
import { SqliteConnection } from '../../storage/sqlite';
import { kyselyOverSqlite } from '../../storage/sqlite-kysely';

/** In memory where the system offers that: thousands of databases are made and thrown away. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty database with its tables, to be copied. */
export class StoreTemplate {
  readonly #directory: string;
  #copies = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(): Promise<StoreTemplate> {
    const template = new StoreTemplate(mkdtempSync(join(PLACE, 'confab-simulation-')));
    const connection = new SqliteConnection(template.#path);
    await migrate(kyselyOverSqlite(connection), 'sqlite');
    connection.raw.exec('PRAGMA journal_mode = DELETE');
    connection.close();
    return template;
  }

  get #path(): string {
    return join(this.#directory, 'template.sqlite');
  }

  copy(): Store {
    const path = join(this.#directory, `${++this.#copies}.sqlite`);
    copyFileSync(this.#path, path);
    return new Store(path);
  }

  drop() {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** The database file: all that survives a crash. */
export class Store {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Runs a query past everything that is under test. */
  query<Row>(sql: string): Row[] {
    const connection = new SqliteConnection(this.path, { readonly: true });
    try {
      return connection.raw.query(sql).all() as Row[];
    } finally {
      connection.close();
    }
  }

  drop() {
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.path}${end}`, { force: true });
  }
}
