import { ClientError } from '../../errors';
import type { ChatServer } from '../engine/chat-server';
import type { KeyServer } from '../engine/key-server';
import type { Chance } from './random';

type Calls = KeyServer & ChatServer;

/** A network that loses requests before they arrive, and answers after. */
export class Faults {
  /** Of each call. */
  probability = 0;
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  readonly through = (server: Calls): Calls =>
    new Proxy(server, {
      get: (target, name: keyof Calls) => {
        const call = target[name] as (...input: unknown[]) => Promise<unknown>;
        return async (...input: unknown[]) => {
          this.#maybe();
          const answer = await call(...input);
          this.#maybe();
          return answer;
        };
      },
    });

  #maybe(): void {
    if (this.#chance.happens(this.probability)) {
      throw new ClientError('network', 'The server cannot be reached');
    }
  }
}

/** Does something that a broken network may stop; whether it was done. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'network') return false;
    throw error;
  }
}
