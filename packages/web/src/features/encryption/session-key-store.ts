import { ClientError } from '@confab/client';
import { IndexedDbKeyStore } from '@confab/client/e2ee';

const over = () => new ClientError('closed', 'The session of these keys is over');

/** The keys of one session: what is still under way when that ends must not bring any of them back. */
export class SessionKeyStore extends IndexedDbKeyStore {
  #isOver = false;

  /** From now on they can only be taken away. */
  end(): void {
    this.#isOver = true;
  }

  override async get(name: string): Promise<unknown> {
    if (this.#isOver) throw over();
    return super.get(name);
  }

  override async put(name: string, value: unknown): Promise<void> {
    if (this.#isOver) throw over();
    await super.put(name, value);
  }
}
