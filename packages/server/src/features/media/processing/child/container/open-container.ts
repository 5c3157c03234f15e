import { open } from 'node:fs/promises';
import { ConfabError } from '@confab/protocol/failure';
import { CustomSource, Input, Logging, LogLevel } from 'mediabunny';
import type { Clock } from '../../../../../lib/clock';
import type { Container } from './containers';

/** How much of a file may be read. */
interface Budget {
  readonly bytes: number;
  readonly calls: number;
  readonly seconds: number;
}

/** Enough for the index of a film; a file that needs more is an attack or will not play anyway. */
export const FOR_HEADERS: Budget = { bytes: 48 * 1024 * 1024, calls: 20_000, seconds: 30 };
/** For processes that are ended by others when they take too long. */
export const FOR_CONTENT: Budget = { bytes: Infinity, calls: Infinity, seconds: 60 };

/** The reader asked for more of the file than its headers can need. */
class BudgetSpent extends Error {}

/**
 * Opens a container to ask for its headers. However its boxes are nested or its sizes lie, no more
 * than a fixed number of bytes is read.
 * @throws ConfabError `corrupt_media` when it cannot be read, `media_too_complex` beyond the budget
 */
export async function openContainer<T>(
  path: string,
  container: Container,
  limits: { clock: Clock; budget: Budget },
  use: (input: Input) => Promise<T>,
): Promise<T> {
  Logging.level = LogLevel.Silent;
  const file = await open(path);
  const size = (await file.stat()).size;
  const spending = new Spending(limits.budget);
  const source = new CustomSource({
    getSize: () => size,
    read: async (start, end) => {
      spending.spend(end - start);
      const buffer = new Uint8Array(end - start);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
      return buffer.subarray(0, bytesRead);
    },
    maxCacheSize: 8 * 1024 * 1024,
    handleUnhandledError: () => {},
  });
  const input = new Input({ formats: container.formats, source });
  const cancel = limits.clock.after(limits.budget.seconds * 1000, () => {
    spending.exhaust();
    input.dispose();
  });
  try {
    return await use(input);
  } catch (error) {
    throw refusal(error, spending);
  } finally {
    cancel();
    input.dispose();
    await file.close();
  }
}

class Spending {
  #bytes: number;
  #calls: number;

  constructor({ bytes, calls }: Budget) {
    this.#bytes = bytes;
    this.#calls = calls;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
    this.#calls -= 1;
    if (this.spent) throw new BudgetSpent('Too much of the file is headers');
  }

  exhaust(): void {
    this.#calls = 0;
  }

  get spent(): boolean {
    return this.#bytes < 0 || this.#calls <= 0;
  }
}

function refusal(error: unknown, spending: Spending): ConfabError {
  if (error instanceof ConfabError) return error;
  if (spending.spent) {
    return new ConfabError('media_too_complex', 'This file takes too much work to look into');
  }
  return new ConfabError('corrupt_media', 'This file is damaged: it cannot be played');
}
