import { expect, test } from 'bun:test';

/** Debian's, with its packages python3-cryptography, python3-jwcrypto and python3-argon2. */
const PYTHON = '/usr/bin/python3';
const MODULES = 'argon2, cryptography, jwcrypto';
const script = new URL('./vectors/check_vectors.py', import.meta.url).pathname;

function hasModules(): boolean {
  try {
    return Bun.spawnSync([PYTHON, '-c', `import ${MODULES}`]).exitCode === 0;
  } catch {
    return false;
  }
}

const canRun = process.env.CI === 'true' || hasModules();
if (!canRun) console.log(`Skipped: ${PYTHON} cannot import all of ${MODULES}.`);

test.skipIf(!canRun)('a reader in Python, made from the document alone, agrees', async () => {
  const python = Bun.spawn([PYTHON, '-B', script], { stdout: 'pipe', stderr: 'pipe' });
  const [printed, faults] = await Promise.all([
    new Response(python.stdout).text(),
    new Response(python.stderr).text(),
  ]);
  expect(faults).toBe('');
  expect(printed).toMatch(/^\d{3,} checked, 0 wrong\n$/);
  expect(await python.exited).toBe(0);
});
