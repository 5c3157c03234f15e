import { describe, expect, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import type { BatchItem } from './batch';
import { type BatchExecutor, Committer, type CommitterOptions } from './committer';
import { defineWrite, type Outcome } from './write';

const note = defineWrite<string, string>('note', async (_, text) => text);

interface Batch {
  lane: number;
  texts: string[];
  finish(outcomes?: Outcome[]): void;
  break(error: Error): void;
}

/** An executor whose batches a test ends by hand. */
class HandExecutor implements BatchExecutor {
  readonly lanes: number;
  readonly batches: Batch[] = [];
  closed = false;

  constructor(lanes: number) {
    this.lanes = lanes;
  }

  execute(lane: number, items: readonly BatchItem[]): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      const texts = items.map((item) => item.input as string);
      const done = texts.map((value): Outcome => ({ ok: true, value }));
      this.batches.push({
        lane,
        texts,
        finish: (outcomes = done) => resolve(outcomes),
        break: reject,
      });
    });
  }

  async close() {
    this.closed = true;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp({ lanes = 1, ...options }: CommitterOptions & { lanes?: number } = {}) {
  const executor = new HandExecutor(lanes);
  const committer = new Committer(executor, options);
  return { executor, committer };
}
const last = (executor: HandExecutor) => executor.batches.at(-1) as Batch;

describe('the committer', () => {
  test('commits together what arrived while the last batch was under way', async () => {
    const { executor, committer } = setUp();
    const first = committer.submit(note, 'a', 1);
    await turn();
    const rest = ['b', 'c', 'd'].map((text, i) => committer.submit(note, text, i));
    await turn();
    expect(executor.batches.map((batch) => batch.texts)).toEqual([['a']]);
    expect(committer.queued).toBe(3);
    last(executor).finish();
    expect(await first).toBe('a');
    await turn();
    expect(last(executor).texts).toEqual(['b', 'c', 'd']);
    last(executor).finish();
    expect(await Promise.all(rest)).toEqual(['b', 'c', 'd']);
  });

  test('gathers what is submitted in one turn into one batch', async () => {
    const { executor, committer } = setUp();
    for (const text of ['a', 'b', 'c']) void committer.submit(note, text, 1);
    await turn();
    expect(executor.batches.map((batch) => batch.texts)).toEqual([['a', 'b', 'c']]);
  });

  test('lets no batch grow beyond its limit', async () => {
    const { executor, committer } = setUp({ maxBatch: 2 });
    for (const text of ['a', 'b', 'c']) void committer.submit(note, text, 1);
    await turn();
    last(executor).finish();
    await turn();
    expect(executor.batches.map((batch) => batch.texts)).toEqual([['a', 'b'], ['c']]);
  });

  test('keeps one lane per key and lets lanes run side by side', async () => {
    const { executor, committer } = setUp({ lanes: 2 });
    for (const key of [2, 3, 4, -3]) void committer.submit(note, `key ${key}`, key);
    await turn();
    expect(executor.batches.map(({ lane, texts }) => [lane, texts])).toEqual([
      [0, ['key 2', 'key 4']],
      [1, ['key 3', 'key -3']],
    ]);
  });

  test('applies results in the order of submission, before anybody is told', async () => {
    const { executor, committer } = setUp();
    const log: string[] = [];
    const apply = (value: string) => void log.push(`applied ${value}`);
    const told = ['a', 'b'].map((text) =>
      committer.submit(note, text, 1, apply).then(() => log.push(`told ${text}`)),
    );
    await turn();
    last(executor).finish();
    await Promise.all(told);
    expect(log).toEqual(['applied a', 'applied b', 'told a', 'told b']);
  });

  test('fails the one that is refused, as what it was refused for', async () => {
    const { executor, committer } = setUp();
    const [good, bad, worse] = ['a', 'b', 'c'].map((text) => committer.submit(note, text, 1));
    await turn();
    last(executor).finish([
      { ok: true, value: 'a' },
      { ok: false, code: 'conflict', detail: 'Taken' },
      { ok: false, code: 'failed', detail: 'disk full' },
    ]);
    expect(await good).toBe('a');
    const refused = await bad?.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfabError);
    expect(refused).toMatchObject({ code: 'conflict', message: 'Taken' });
    const failed = await worse?.catch((error: unknown) => error);
    expect(failed).not.toBeInstanceOf(ConfabError);
    expect(failed).toMatchObject({ message: 'disk full' });
  });

  test('goes on after a batch that broke and after an apply that throws', async () => {
    const { executor, committer } = setUp();
    const lost = committer.submit(note, 'a', 1);
    await turn();
    last(executor).break(new Error('the writer died'));
    await expect(lost).rejects.toThrow('the writer died');
    const thrown = committer.submit(note, 'b', 1, () => {
      throw new Error('cannot apply');
    });
    const next = committer.submit(note, 'c', 1);
    await turn();
    last(executor).finish();
    await expect(thrown).rejects.toThrow('cannot apply');
    expect(await next).toBe('c');
  });

  test('refuses more than its queue holds, and takes again when there is room', async () => {
    const { executor, committer } = setUp({ lanes: 2, maxQueue: 2 });
    void committer.submit(note, 'under way', 0);
    await turn();
    const waiting = ['a', 'b'].map((text) => committer.submit(note, text, 0));
    const refused = committer.submit(note, 'c', 0);
    await expect(refused).rejects.toMatchObject({ code: 'overloaded', retryAfterS: 1 });
    void committer.submit(note, 'other lane', 1);
    last(executor).finish();
    await turn();
    const room = committer.submit(note, 'd', 0);
    for (const batch of executor.batches) batch.finish();
    await turn();
    for (const batch of executor.batches) batch.finish();
    expect(await Promise.all([...waiting, room])).toEqual(['a', 'b', 'd']);
  });

  test('finishes what it took before it closes, and takes nothing more', async () => {
    const { executor, committer } = setUp();
    const taken = [committer.submit(note, 'a', 1)];
    await turn();
    taken.push(committer.submit(note, 'b', 1));
    const closing = committer.close();
    await expect(committer.submit(note, 'c', 1)).rejects.toMatchObject({ code: 'overloaded' });
    await turn();
    expect(executor.closed).toBe(false);
    last(executor).finish();
    await turn();
    last(executor).finish();
    await closing;
    expect(await Promise.all(taken)).toEqual(['a', 'b']);
    expect(executor.closed).toBe(true);
  });

  test('finishes what was submitted in the very turn of its close', async () => {
    const { executor, committer } = setUp();
    const taken = committer.submit(note, 'a', 1);
    const closing = committer.close();
    await turn();
    expect(executor.closed).toBe(false);
    last(executor).finish();
    await closing;
    expect(await taken).toBe('a');
  });
});
