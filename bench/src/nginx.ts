import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bench } from './bench';
import { start, stop } from './processes';
import { freePort, type WebServer } from './servers';

/** Where Debian puts it, which is not on everybody's path. */
const path = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

export const findNginx = (): string | undefined => Bun.which('nginx', { PATH: path }) ?? undefined;

/** One worker with `sendfile`, as it is set up to serve files. */
function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/temp;`,
  );
  return `daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 512; }
http {
${temporary.join('\n')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  server { listen 127.0.0.1:${port}; root ${folder}/files; }
}
`;
}

/** Serves what lies in `files` of its folder, as whoever started the benchmark. */
export async function startNginx(
  bench: Bench,
  program: string,
  folder: string,
): Promise<WebServer> {
  const port = await freePort();
  mkdirSync(`${folder}/temp`, { recursive: true });
  const file = `${folder}/nginx.conf`;
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  writeFileSync(file, user + configuration(folder, port));
  const spawnedAt = performance.now();
  const child = start({
    command: [program, '-p', dirname(file), '-e', `${folder}/error.log`, '-c', file],
    core: bench.options.serverCore,
    log: `${bench.work}/nginx.log`,
  });
  return {
    peer: 'nginx',
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    spawnedAt,
    stop: (signal) => stop(child, signal),
  };
}
