export type Unsubscribe = () => void;
type Listener<T> = (event: T) => void;

/**
 * Typed events. A listener that throws stops neither the others nor the SDK: what it threw goes to
 * `onFault`.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #onFault: (fault: unknown, type: keyof Events) => void;

  constructor(onFault: (fault: unknown, type: keyof Events) => void) {
    this.#onFault = onFault;
  }

  on<T extends keyof Events>(type: T, listener: Listener<Events[T]>): Unsubscribe {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set);
    // Wrapped, so that the same function may listen twice and be taken away once.
    const own = (event: Events[T]) => listener(event);
    set.add(own as Listener<never>);
    return () => void set.delete(own as Listener<never>);
  }

  emit<T extends keyof Events>(type: T, event: Events[T]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        (listener as Listener<Events[T]>)(event);
      } catch (fault) {
        this.#onFault(fault, type);
      }
    }
  }

  has(type: keyof Events): boolean {
    return (this.#listeners.get(type)?.size ?? 0) > 0;
  }
}
