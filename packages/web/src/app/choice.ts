import { signal } from '@preact/signals';
import { keep, kept } from '../storage/kept';

/** Something about the look of the app that is chosen for this browser, and shown by all of its tabs. */
export class Choice<T extends string> {
  readonly values: readonly T[];
  readonly #key: string;
  readonly #show: (value: T) => void;
  readonly #usual: T;
  readonly #chosen;

  /** @param usual what is shown until somebody chooses; one of the values */
  constructor(key: string, values: readonly T[], usual: T, show: (value: T) => void) {
    this.#key = key;
    this.values = values;
    this.#usual = usual;
    this.#show = show;
    this.#chosen = signal(usual);
  }

  /** What is chosen. Components that read it are rendered anew when it changes. */
  get value(): T {
    return this.#chosen.value;
  }

  choose(value: T): void {
    keep(this.#key, value);
    this.#take(value);
  }

  /** Shows what was chosen here, and follows what other tabs choose. */
  start(): void {
    this.#read();
    window.addEventListener('storage', ({ key }) => key === this.#key && this.#read());
  }

  #read(): void {
    const found = kept(this.#key);
    this.#take(this.values.find((each) => each === found) ?? this.#usual);
  }

  #take(value: T): void {
    this.#chosen.value = value;
    this.#show(value);
  }
}
