const MAIN = new URL('../admin-cli/main.ts', import.meta.url).pathname;

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs `npm run admin -- …` as operators do, in a process of its own. */
export async function runAdmin(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  input = '',
): Promise<Ran> {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdin: Buffer.from(input),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}
