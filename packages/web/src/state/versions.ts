import { type Signal, signal } from '@preact/signals';

/**
 * Tells components that something the SDK holds changed: who reads a version is rendered anew when it
 * moves. However much changes at once, they are rendered once, with the next frame.
 */
export class Versions<K> {
  readonly #versions = new Map<K, Signal<number>>();
  readonly #touched = new Set<K>();
  readonly #soon: (run: () => void) => void;
  #isDue = false;

  constructor(soon: (run: () => void) => void = nextFrame) {
    this.#soon = soon;
  }

  /** To be called where the thing itself is read while rendering. */
  follow(key: K): number {
    return this.#of(key).value;
  }

  touch(key: K): void {
    if (!this.#versions.has(key)) return;
    this.#touched.add(key);
    if (this.#isDue) return;
    this.#isDue = true;
    this.#soon(() => this.#flush());
  }

  touchAll(): void {
    for (const key of this.#versions.keys()) this.touch(key);
  }

  #flush(): void {
    this.#isDue = false;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const key of touched) this.#of(key).value++;
  }

  #of(key: K): Signal<number> {
    const known = this.#versions.get(key) ?? signal(0);
    this.#versions.set(key, known);
    return known;
  }
}

/** Pages that nobody sees have no frames; what they hold still has to move, for their title. */
function nextFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}
