import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { BuildArtifact } from 'bun';
import { page } from './page';
import { slimProtocol } from './slim-protocol';
import { stampOfSources } from './stamp';
import { bundleStyles } from './styles';

const SOURCES = resolve(import.meta.dir, '../src');
/** A script of its own, which the server sends with a policy of its own. */
const KEY_WORKER = Bun.resolveSync('@confab/client/e2ee/argon2-worker', import.meta.dir);
/** Smaller files travel in one packet anyway. */
const WORTH_PACKING = 1024;

interface Bundles {
  readonly app: BuildArtifact[];
  readonly worker: BuildArtifact;
  readonly keyWorker: BuildArtifact;
}

/** Bundles the app and its workers. @throws AggregateError with what is wrong in the sources */
async function bundles(): Promise<Bundles> {
  const common = { minify: true, target: 'browser' as const, plugins: [slimProtocol] };
  const [app, worker, keyWorker] = await Promise.all([
    Bun.build({
      ...common,
      entrypoints: [join(SOURCES, 'main.tsx')],
      splitting: true,
      publicPath: '/app/assets/',
      naming: {
        entry: '[name]-[hash].[ext]',
        chunk: '[name]-[hash].[ext]',
        asset: '[name]-[hash].[ext]',
      },
    }),
    Bun.build({ ...common, entrypoints: [join(SOURCES, 'service-worker/main.ts')] }),
    Bun.build({ ...common, entrypoints: [KEY_WORKER] }),
  ]);
  return { app: app.outputs, worker: onlyOf(worker.outputs), keyWorker: onlyOf(keyWorker.outputs) };
}

function onlyOf([script]: BuildArtifact[]): BuildArtifact {
  if (!script) throw new Error('A worker came out empty');
  return script;
}

const gzipped = promisify(gzip);
const brotli = promisify(brotliCompress);

/** A file, and its compressed forms beside it, so that nothing is compressed while serving. */
async function write(path: string, body: Uint8Array | string): Promise<void> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  await Bun.write(path, bytes);
  if (bytes.length < WORTH_PACKING || /\.(png|woff2|webp)$/.test(path)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
  await Promise.all([
    Bun.write(`${path}.gz`, await gzipped(bytes, { level: 9 })),
    Bun.write(`${path}.br`, await brotli(bytes, { params })),
  ]);
}

const nameOf = (artifact: BuildArtifact): string => artifact.path.replace(/^.*\//, '');

function named(outputs: readonly BuildArtifact[], pattern: RegExp): string {
  const found = outputs.map(nameOf).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`The bundle has no file like ${pattern}`);
  return found;
}

/** Another worker for each build: it is what keeps the app's files, and has to know all of them. */
function workerHead(build: string, names: readonly string[]): string {
  const files = names.map((name) => `/app/${name}`).sort();
  return `const BUILD=${JSON.stringify(build)},FILES=${JSON.stringify(files)};`;
}

async function writeAll(folder: string, stamp: string): Promise<void> {
  const { app, worker, keyWorker } = await bundles();
  await mkdir(join(folder, 'assets'), { recursive: true });
  for (const artifact of app) {
    await write(
      join(folder, 'assets', nameOf(artifact)),
      new Uint8Array(await artifact.arrayBuffer()),
    );
  }
  // What several parts share may be called after the first of them.
  const entries = app.filter(({ kind }) => kind === 'entry-point');
  const style = await bundleStyles(join(SOURCES, 'styles.css'));
  await write(join(folder, 'assets', style.name), style.text);
  const files = { script: named(entries, /^main-.*\.js$/), style: style.name };
  const publicNames = await readdir(join(SOURCES, 'public'));
  const assets = [...app.map(nameOf), style.name].map((name) => `assets/${name}`);
  const kept = [...assets, ...publicNames];
  const head = workerHead(stamp.slice(0, 16), kept);
  await write(join(folder, 'sw.js'), `${head}\n${await worker.text()}`);
  await write(join(folder, 'argon2-worker.js'), await keyWorker.text());
  await write(join(folder, 'index.html'), page(files));
  for (const name of publicNames) {
    await write(join(folder, name), await Bun.file(join(SOURCES, 'public', name)).bytes());
  }
  await Bun.write(join(folder, 'stamp'), stamp);
}

/** Builds the app into a folder, unless it is there. Whoever reads the folder meanwhile sees it whole. */
export async function build(folder: string): Promise<'built' | 'kept'> {
  const stamp = await stampOfSources();
  if (await isBuilt(folder, stamp)) return 'kept';
  const fresh = `${folder}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await writeAll(fresh, stamp);
  // Another process may have been quicker, and serve its own: equal, so it stays.
  const outcome = (await isBuilt(folder, stamp)) ? 'kept' : await replace(folder, fresh, stamp);
  await rm(fresh, { recursive: true, force: true });
  return outcome;
}

const isBuilt = async (folder: string, stamp: string): Promise<boolean> =>
  stamp ===
  (await Bun.file(join(folder, 'stamp'))
    .text()
    .catch(() => ''));

/** Puts the new app in the place of the old one, which is gone for a moment too short to be met. */
async function replace(folder: string, fresh: string, stamp: string): Promise<'built' | 'kept'> {
  const old = `${fresh}.old`;
  await rename(folder, old).catch(() => {});
  const isPut = await rename(fresh, folder).then(
    () => true,
    () => false,
  );
  await rm(old, { recursive: true, force: true });
  if (isPut) return 'built';
  if (await isBuilt(folder, stamp)) return 'kept';
  throw new Error(`The app cannot be put into ${folder}`);
}
