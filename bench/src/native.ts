import { existsSync, mkdirSync, readdirSync } from 'node:fs';

export interface Native {
  load: string;
  broadcaster: string;
}

const sources = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => `${folder}/${name}`);

function compile(compiler: string, output: string, files: string[]): string {
  const { exitCode, stderr } = Bun.spawnSync([compiler, '-O2', '-o', output, ...files]);
  if (exitCode !== 0) throw new Error(`${compiler} failed:\n${stderr.toString()}`);
  return output;
}

/** Builds the load generator and the broadcaster; they need Linux (epoll) and a C compiler. */
export function buildNative(bench: string): Native {
  if (process.platform !== 'linux') {
    throw new Error(
      'the benchmark needs Linux: its load generator and its peer are built on epoll',
    );
  }
  const compiler = Bun.which('cc') ?? Bun.which('gcc') ?? Bun.which('clang');
  if (compiler === null) {
    throw new Error(
      'the benchmark needs a C compiler (cc, gcc or clang), and there is none in PATH',
    );
  }
  const build = `${bench}/.build`;
  if (!existsSync(build)) mkdirSync(build);
  const shared = sources(`${bench}/native`);
  return {
    load: compile(compiler, `${build}/load`, [...sources(`${bench}/load`), ...shared]),
    broadcaster: compile(compiler, `${build}/broadcaster`, [
      `${bench}/peers/broadcaster.c`,
      ...shared,
    ]),
  };
}
