import { resolve } from 'node:path';
import { type Settings, SettingsError } from './settings';

/** What an error of the system, of SQLite or of PostgreSQL may say of itself. */
interface Fault {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly severity?: unknown;
  readonly hostname?: unknown;
}

/** Says in a sentence what is wrong and what to do; nothing when it does not know the fault. */
type Explain = (fault: Fault) => string | undefined;

/**
 * Runs a step of the start. A fault that the operator can mend comes out in plain words, naming the
 * setting; any other comes out as it is.
 * @throws SettingsError
 */
export async function explained<T>(explain: Explain, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const sentence = error instanceof Error ? explain(error as Fault) : undefined;
    if (sentence === undefined) throw error;
    throw new SettingsError(sentence);
  }
}

/** What the disk refuses. */
export function storageFault({ STORAGE_DIR }: Pick<Settings, 'STORAGE_DIR'>): Explain {
  const place = `STORAGE_DIR is ${resolve(STORAGE_DIR)}`;
  const unwritable = `${place}, where this user may not write. Give the directory to the server's user, or name another.`;
  const occupied = `${place}, but there is a file in its place. Name a directory.`;
  const sentences: Readonly<Record<string, string>> = {
    EEXIST: occupied,
    ENOTDIR: occupied,
    ENOENT: `${place}, which cannot be made. Name a directory whose parent exists and can be written.`,
    EACCES: unwritable,
    EPERM: unwritable,
    EROFS: `${place}, on a file system that is read-only. Name a directory that can be written.`,
    ENOSPC: `${place}, where the disk is full. Free some room.`,
    SQLITE_CANTOPEN: unwritable,
    SQLITE_READONLY: unwritable,
    SQLITE_FULL: `${place}, where the disk is full. Free some room.`,
    SQLITE_NOTADB: `${place}, but db/chat.sqlite in it is not a SQLite database. Restore a backup, or name another directory.`,
    SQLITE_CORRUPT: `${place}, but the database db/chat.sqlite in it is damaged. Restore a backup.`,
  };
  return ({ code }) => sentences[sqliteCode(String(code))];
}

/** SQLite adds a reason to some codes: SQLITE_CANTOPEN_ISDIR. */
const sqliteCode = (code: string) => /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;

/** What the system says to an address to listen on. */
export function listenFault({ HOST, PORT }: Pick<Settings, 'HOST' | 'PORT'>): Explain {
  const unknownHost = `HOST is ${HOST}, which is no address that is known here. Use 0.0.0.0 for all addresses of this machine, or 127.0.0.1 for itself alone.`;
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `PORT is ${PORT}, which another program on this machine uses. Stop it, or choose another: PORT=8001.`,
    EACCES: `PORT is ${PORT}, which this user may not use. Choose one above 1023.`,
    EADDRNOTAVAIL: `HOST is ${HOST}, which is not an address of this machine. Use 0.0.0.0 for all its addresses, or 127.0.0.1 for itself alone.`,
    ENOENT: unknownHost,
    ENOTFOUND: unknownHost,
    EAI_AGAIN: unknownHost,
    EINVAL: unknownHost,
  };
  return ({ code }) => sentences[String(code)];
}

/** What stands between this server and its database: never its password. */
export function databaseFault({
  DATABASE_URL,
  STORAGE_DIR,
}: Pick<Settings, 'DATABASE_URL' | 'STORAGE_DIR'>): Explain {
  return DATABASE_URL === undefined ? storageFault({ STORAGE_DIR }) : postgresFault(DATABASE_URL);
}

const MALFORMED =
  'DATABASE_URL is not a URL that can be read. It looks like postgres://user:password@host:5432/database, with special characters in the password percent-encoded.';

function postgresFault(text: string): Explain {
  const url = URL.parse(text);
  if (!url) return () => MALFORMED;
  const place = `${url.hostname || 'localhost'}:${url.port || 5432}`;
  const user = part(url.username);
  const unreachable = `DATABASE_URL names ${place}, which does not answer. Look whether the network and its firewalls let this machine through.`;
  const unknownHost = `DATABASE_URL names the host ${url.hostname}, which is not known. Correct its name.`;
  const refused = `DATABASE_URL: PostgreSQL at ${place} refuses the user "${user}". Correct the name and the password in it, or let the user in (pg_hba.conf).`;
  const sentences: Readonly<Record<string, string>> = {
    ECONNREFUSED: `DATABASE_URL names ${place}, where no PostgreSQL answers. Start it, or correct the address; leave DATABASE_URL unset to use SQLite.`,
    ENOTFOUND: unknownHost,
    EAI_AGAIN: unknownHost,
    ETIMEDOUT: unreachable,
    EHOSTUNREACH: unreachable,
    ENETUNREACH: unreachable,
    ECONNRESET: `DATABASE_URL names ${place}, which broke the connection off. Look whether a PostgreSQL listens there.`,
    ERR_INVALID_URL: MALFORMED,
    '3D000': `DATABASE_URL names the database "${part(url.pathname.slice(1)) || user}", which does not exist at ${place}. Make it (createdb), or correct the name.`,
    '28P01': refused,
    '28000': refused,
    '42501': `DATABASE_URL: the user "${user}" may not make tables in this database. Make the user its owner.`,
    '53300': `DATABASE_URL: PostgreSQL at ${place} has no connection left. Raise its max_connections.`,
  };
  return (fault) => sentences[String(fault.code)] ?? unnumbered(fault, place, unreachable);
}

function unnumbered({ message, severity }: Fault, place: string, unreachable: string) {
  const text = String(message);
  if (text.includes('password must be a string')) {
    return `DATABASE_URL has no password, and PostgreSQL at ${place} asks for one. Put it in: postgres://user:password@….`;
  }
  if (/timeout/i.test(text)) return unreachable;
  if (typeof severity === 'string') return `DATABASE_URL: PostgreSQL at ${place} says: ${text}`;
  return undefined;
}

/** A part of a URL as it is meant; as it is written where that cannot be told. */
function part(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
