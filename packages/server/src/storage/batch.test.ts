import { describe, expect, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import { type Begin, runBatch } from './batch';
import {
  type AnyWrite,
  defineBulkWrite,
  defineWrite,
  registry,
  type WriteContext,
  type WriteRegistry,
} from './write';

/** A database that notes what is asked of it. */
class Ledger {
  readonly log: string[] = [];
  failCommits = 0;
  readonly begin: Begin = async () => {
    this.log.push('begin');
    return {
      context: { dialect: 'sqlite' } as WriteContext,
      savepoint: async () => void this.log.push('savepoint'),
      rollbackToSavepoint: async () => void this.log.push('undo'),
      commit: async () => {
        this.log.push('commit');
        if (this.failCommits-- > 0) throw new Error('the connection was lost');
      },
      rollback: async () => void this.log.push('rollback'),
    };
  };
}

function setUp(crashes: Record<string, number> = {}) {
  const ledger = new Ledger();
  const put = defineWrite<string, string>('put', async (_, text) => {
    ledger.log.push(text);
    if (text.startsWith('refused')) throw new ConfabError('conflict', text);
    const left = crashes[text] ?? 0;
    crashes[text] = left - 1;
    if (left > 0) throw new Error(`crash of ${text}`);
    return `did ${text}`;
  });
  const bulk = defineBulkWrite<string, string>('bulk', async (_, inputs) => {
    ledger.log.push(`bulk of ${inputs.join(' ')}`);
    return inputs.map((value) => ({ ok: true, value }));
  });
  const writes: WriteRegistry = registry([put, bulk] as unknown as AnyWrite[]);
  const run = (...inputs: [write: string, input: string][]) =>
    runBatch(
      ledger.begin,
      writes,
      inputs.map(([write, input]) => ({ write, input })),
    );
  return { ledger, run };
}

describe('a batch', () => {
  test('is one transaction, and each item has its outcome', async () => {
    const { ledger, run } = setUp();
    expect(await run(['put', 'a'], ['put', 'b'])).toEqual([
      { ok: true, value: 'did a' },
      { ok: true, value: 'did b' },
    ]);
    expect(ledger.log).toEqual(['begin', 'savepoint', 'a', 'savepoint', 'b', 'commit']);
  });

  test('undoes a refused item alone', async () => {
    const { ledger, run } = setUp();
    expect(await run(['put', 'a'], ['put', 'refused'], ['put', 'b'])).toEqual([
      { ok: true, value: 'did a' },
      { ok: false, code: 'conflict', detail: 'refused' },
      { ok: true, value: 'did b' },
    ]);
    expect(ledger.log).toEqual([
      ...['begin', 'savepoint', 'a', 'savepoint', 'refused', 'undo', 'savepoint', 'b', 'commit'],
    ]);
  });

  test('gives neighbours of one bulk write to it together', async () => {
    const { ledger, run } = setUp();
    const outcomes = await run(['bulk', '1'], ['bulk', '2'], ['put', 'a'], ['bulk', '3']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual([
      ...['1', '2', 'did a', '3'],
    ]);
    expect(ledger.log.filter((line) => line.startsWith('bulk'))).toEqual([
      ...['bulk of 1 2', 'bulk of 3'],
    ]);
  });

  test('that breaks is tried again item by item, and only the one at fault fails', async () => {
    const { ledger, run } = setUp({ bad: 9 });
    expect(await run(['put', 'a'], ['put', 'bad'], ['put', 'b'])).toEqual([
      { ok: true, value: 'did a' },
      { ok: false, code: 'failed', detail: 'crash of bad' },
      { ok: true, value: 'did b' },
    ]);
    expect(ledger.log.filter((line) => line === 'commit')).toHaveLength(2);
    expect(ledger.log.filter((line) => line === 'rollback')).toHaveLength(2);
  });

  test('of one item has a second try, as what it collided with may be committed by then', async () => {
    const { run } = setUp({ unlucky: 1 });
    expect(await run(['put', 'unlucky'])).toEqual([{ ok: true, value: 'did unlucky' }]);
  });

  test('whose commit failed is not tried again: it may have been committed', async () => {
    const { ledger, run } = setUp();
    ledger.failCommits = 1;
    const outcomes = await run(['put', 'a'], ['put', 'b']);
    expect(outcomes.map((outcome) => outcome.ok || outcome.code)).toEqual(['failed', 'failed']);
    expect(ledger.log.filter((line) => line === 'a')).toHaveLength(1);
  });

  test('with a write that nobody knows fails, and its neighbours do not', async () => {
    const { run } = setUp();
    const [known, unknown] = await run(['put', 'a'], ['no such write', 'b']);
    expect(known).toMatchObject({ ok: true });
    expect(unknown).toMatchObject({ ok: false, code: 'failed' });
  });
});
