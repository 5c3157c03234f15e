import { resolve } from 'node:path';
import { version } from '../../package.json';
import { apiDocuments } from '../api-documents';
import { importProblems, type SourceTree } from './imports';

/** One check: its problems, none when all is well. */
export interface Step {
  readonly name: string;
  run(): Promise<string[]>;
}

/** Lines of a file beyond which a reader gets lost. */
const MAX_LINES = 500;

export function steps(root: string, sources: SourceTree): Step[] {
  return [
    { name: 'types (tsc)', run: () => program(root, 'tsc', ['--noEmit', '-p', '.']) },
    { name: 'lint and format (biome)', run: () => program(root, 'biome', ['check', '.']) },
    { name: 'imports point one way', run: async () => importProblems(sources) },
    { name: `no file over ${MAX_LINES} lines`, run: async () => longFiles(sources) },
    { name: 'docs/api is up to date', run: () => staleDocuments(root) },
  ];
}

/** What a tool of node_modules complains about. */
async function program(root: string, name: string, args: string[]): Promise<string[]> {
  const child = Bun.spawn([resolve(root, 'node_modules/.bin', name), ...args], {
    cwd: root,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status === 0) return [];
  const said = `${out}${err}`.trim();
  return [said === '' ? `${name} ended with ${status}` : said];
}

export function longFiles(sources: SourceTree): string[] {
  return [...sources].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1;
    return lines > MAX_LINES ? [`${path}: ${lines} lines`] : [];
  });
}

async function staleDocuments(root: string): Promise<string[]> {
  const stale = Object.entries(apiDocuments(version)).map(async ([path, text]) => {
    const file = Bun.file(resolve(root, path));
    const written = (await file.exists()) ? await file.text() : undefined;
    return written === text ? [] : [`${path}: run \`npm run generate\` and commit it`];
  });
  return (await Promise.all(stale)).flat();
}
