import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ConfabError, type ErrorCode } from '@confab/protocol';
import type { OperatorDesk } from '../features/admin';

/**
 * The door through which the command line reaches the running server: a Unix socket in STORAGE_DIR
 * that only the server's own user can open. It is on no network, and whoever may open it could as
 * well read the database beside it, so that it asks for no password.
 */

/** What a Unix socket's path may have, with some to spare. */
const LONGEST_PATH = 100;

export function doorPath(storageDir: string): string {
  const path = resolve(storageDir, 'operator.sock');
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  const name = createHash('sha256').update(path).digest('hex').slice(0, 24);
  return join(tmpdir(), `confab-${name}.sock`);
}

export interface DoorRequest {
  task: string;
  input: unknown;
}

export type DoorAnswer =
  | { ok: true; value: unknown }
  | { ok: false; code: ErrorCode; detail: string };

export interface Door {
  close(): Promise<void>;
}

/** @throws when another server has this door already, or the file system knows no sockets */
export async function openDoor(
  path: string,
  desk: OperatorDesk,
  onError: (error: unknown) => void,
): Promise<Door> {
  mkdirSync(resolve(path, '..'), { recursive: true });
  if (await knock(path)) throw new Error(`Another server answers at ${path}`);
  // What a server left that was killed.
  rmSync(path, { force: true });
  const server = Bun.serve({
    unix: path,
    fetch: async (request) => Response.json(await answer(request, desk, onError)),
  });
  chmodSync(path, 0o600);
  return { close: () => server.stop() };
}

async function answer(
  request: Request,
  desk: OperatorDesk,
  onError: (error: unknown) => void,
): Promise<DoorAnswer> {
  try {
    if (request.method !== 'POST') return { ok: true, value: 'Confab' };
    const { task, input } = (await request.json()) as DoorRequest;
    return { ok: true, value: (await desk.run(task, input)) ?? null };
  } catch (error) {
    if (error instanceof ConfabError) {
      return { ok: false, code: error.code, detail: error.message };
    }
    onError(error);
    return { ok: false, code: 'internal', detail: 'Something went wrong. The log says what.' };
  }
}

const PATIENCE_MS = 5000;

/**
 * Whether a server is behind this door. One that is too busy to answer in time is there.
 * @throws when it may be somebody else's
 */
export async function knock(path: string): Promise<boolean> {
  mustBeOurs(path);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return (await fetch('http://confab/', { unix: path, signal })).ok;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError';
  }
}

/** In the directory for temporary files anybody could have put up a door of that name. */
function mustBeOurs(path: string): void {
  if (dirname(path) !== tmpdir()) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && found.uid !== process.getuid?.()) {
    throw new Error(`${path} belongs to another user; run this as the server's user`);
  }
}

/** Has the running server do a task. @throws ConfabError as the server refuses */
export async function askDoor(path: string, request: DoorRequest): Promise<unknown> {
  const response = await fetch('http://confab/', {
    unix: path,
    method: 'POST',
    body: JSON.stringify(request),
    timeout: false,
  });
  const result = (await response.json()) as DoorAnswer;
  if (result.ok) return result.value;
  throw new ConfabError(result.code, result.detail);
}
