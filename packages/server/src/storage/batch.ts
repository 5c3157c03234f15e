import { ConfabError } from '@confab/protocol/failure';
import {
  type AnyWrite,
  type Outcome,
  refusal,
  type WriteContext,
  type WriteRegistry,
} from './write';

export interface BatchItem {
  readonly write: string;
  readonly input: unknown;
  readonly pages?: number;
}

/** One transaction of either dialect. */
export interface Transaction {
  readonly context: WriteContext;
  savepoint(): Promise<void>;
  rollbackToSavepoint(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export type Begin = () => Promise<Transaction>;

/** The commit failed: whether it happened all the same, nobody knows. */
class CommitError extends Error {
  override name = 'CommitError';
}

/**
 * Runs a batch as one transaction. A refused item is undone alone; when the transaction itself
 * breaks (a constraint, a lost connection) every item gets a transaction of its own, so that only
 * the one at fault fails. An item that was alone has a second try too: what it collided with may
 * be committed by then.
 */
export async function runBatch(
  begin: Begin,
  writes: WriteRegistry,
  items: readonly BatchItem[],
): Promise<Outcome[]> {
  try {
    return await inOneTransaction(begin, writes, items);
  } catch (error) {
    if (error instanceof CommitError) return items.map(() => refusal(error));
  }
  const outcomes: Outcome[] = [];
  for (const item of items) outcomes.push(...(await alone(begin, writes, item)));
  return outcomes;
}

async function alone(begin: Begin, writes: WriteRegistry, item: BatchItem): Promise<Outcome[]> {
  try {
    return await inOneTransaction(begin, writes, [item]);
  } catch (error) {
    return [refusal(error)];
  }
}

async function inOneTransaction(
  begin: Begin,
  writes: WriteRegistry,
  items: readonly BatchItem[],
): Promise<Outcome[]> {
  const transaction = await begin();
  try {
    const outcomes: Outcome[] = [];
    for (const group of neighbours(items)) {
      outcomes.push(...(await runGroup(transaction, writes, group)));
    }
    await transaction.commit().catch((error) => {
      throw new CommitError(`The commit failed: ${error}`);
    });
    return outcomes;
  } catch (error) {
    // A transaction that broke is often gone already; what broke it is what matters.
    await transaction.rollback().catch(() => {});
    throw error;
  }
}

/** Splits a batch into runs of the same write. */
function* neighbours(items: readonly BatchItem[]): Generator<readonly BatchItem[]> {
  let start = 0;
  for (let i = 1; i <= items.length; i++) {
    if (i < items.length && items[i]?.write === items[start]?.write) continue;
    yield items.slice(start, i);
    start = i;
  }
}

async function runGroup(
  transaction: Transaction,
  writes: WriteRegistry,
  group: readonly BatchItem[],
): Promise<Outcome[]> {
  const name = group[0]?.write ?? '';
  const write = writes.get(name);
  if (!write) throw new Error(`No write is named ${name}`);
  const inputs = group.map((item) => item.input as never);
  if (write.runMany) return write.runMany(transaction.context, inputs);
  const outcomes: Outcome[] = [];
  for (const input of inputs) outcomes.push(await runOne(transaction, write, input));
  return outcomes;
}

async function runOne(transaction: Transaction, write: AnyWrite, input: never): Promise<Outcome> {
  await transaction.savepoint();
  try {
    return { ok: true, value: await write.run(transaction.context, input) };
  } catch (error) {
    if (!(error instanceof ConfabError)) throw error;
    await transaction.rollbackToSavepoint();
    return refusal(error);
  }
}
