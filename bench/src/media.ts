import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { Bench } from './bench';
import { run } from './processes';
import type { WebServer } from './servers';

export const MIB = 1024 * 1024;

/** Text, because that is what a server takes for what it is without looking further. */
export function writeText(path: string, sizeMib: number): void {
  const file = openSync(path, 'w');
  const block = Buffer.from(
    'The quick brown fox jumps over the lazy dog.\n'.repeat(25_000),
  ).subarray(0, MIB);
  for (let i = 0; i < sizeMib; i++) writeSync(file, block);
  closeSync(file);
}

export async function posted<T>(
  url: string,
  body: BodyInit,
  headers: Record<string, string>,
): Promise<T> {
  const answer = await fetch(url, { method: 'POST', body, headers });
  if (!answer.ok) throw new Error(`POST ${new URL(url).pathname} answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** A new user's token. */
export async function signUp({ url }: Pick<WebServer, 'url'>, username: string): Promise<string> {
  const email = `${username}@example.org`;
  const account = JSON.stringify({ username, email, password: crypto.randomUUID() });
  const headers = { 'content-type': 'application/json' };
  const answer = await posted<{ access_token: string }>(
    `${url}/api/auth/register`,
    account,
    headers,
  );
  return answer.access_token;
}

interface Sender {
  bench: Bench;
  server: Pick<WebServer, 'url'>;
  token: string;
}

async function curl({ bench, token }: Sender, words: string[], wanted: number): Promise<string> {
  const spawn = {
    command: [
      'curl',
      '-s',
      '-H',
      `Authorization: Bearer ${token}`,
      '-w',
      '\n%{http_code}',
      ...words,
    ],
    core: bench.options.loadCore,
    log: `${bench.work}/curl.log`,
  };
  const said = await run(spawn, 120_000);
  const status = Number(said.slice(said.lastIndexOf('\n')));
  if (status !== wanted) throw new Error(`an upload was answered with ${status}`);
  return said;
}

/** Uploads a file by a form. */
export const uploadForm = (sender: Sender, path: string): Promise<string> =>
  curl(sender, ['-F', `file=@${path}`, `${sender.server.url}/api/media/upload`], 201);

/** Uploads a file by the tus protocol, in one piece. */
export async function uploadTus(sender: Sender, path: string): Promise<string> {
  const tus = ['-H', 'Tus-Resumable: 1.0.0'];
  const size = String(Bun.file(path).size);
  const created = await curl(
    sender,
    [
      ...tus,
      '-i',
      '-X',
      'POST',
      '-H',
      `Upload-Length: ${size}`,
      `${sender.server.url}/api/media/tus`,
    ],
    201,
  );
  const at = /^location: (\S+)/im.exec(created)?.[1] ?? '';
  const piece = ['-H', 'Upload-Offset: 0', '-H', 'Content-Type: application/offset+octet-stream'];
  return curl(sender, [...tus, ...piece, '-X', 'PATCH', '-T', path, sender.server.url + at], 204);
}

/** Forgets how large a process ever was. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** The most resident memory that a process had since then, in bytes. */
export function peakBytes(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
