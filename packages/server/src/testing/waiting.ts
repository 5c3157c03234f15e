/** Generous, as it only ends tests that fail; less than a test has in all, so that they say why. */
const PATIENCE_MS = 20_000;

/** Waits for things to become so, checking whenever something changed; no test sleeps. */
export class Waiting {
  readonly #checks = new Set<() => void>();

  changed(): void {
    for (const check of [...this.#checks]) check();
  }

  /** @param blame what to say when `find` found nothing for too long */
  until<T>(
    find: () => T | undefined | false,
    blame: () => string,
    patienceMs = PATIENCE_MS,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = find();
        if (found === undefined || found === false) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(blame()));
      }, patienceMs);
      this.#checks.add(check);
      check();
    });
  }
}

/**
 * Asks again and again until the answer is good; for what no event announces.
 * @param patienceMs more than usual where a busy machine may need it, in tests with more time
 */
export async function eventually<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} did not come about`);
}
