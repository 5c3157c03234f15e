import type { ServerEnd } from './server-end';

/** Topics, as the runtime's WebSocket server has them. */
export class Broker {
  readonly #topics = new Map<string, Set<ServerEnd>>();

  subscribe(topic: string, end: ServerEnd) {
    this.#topics.set(topic, (this.#topics.get(topic) ?? new Set()).add(end));
  }

  unsubscribe(topic: string, end: ServerEnd): boolean {
    return this.#topics.get(topic)?.delete(end) ?? false;
  }

  leave(end: ServerEnd) {
    for (const ends of this.#topics.values()) ends.delete(end);
  }

  readonly publish = (topic: string, text: string) => {
    for (const end of this.#topics.get(topic) ?? []) end.publish(text);
  };
}
