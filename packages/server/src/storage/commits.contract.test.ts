import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { DIALECTS } from '../testing/databases';
import { type OpenDatabase, openTestDatabase } from '../testing/storage/open';
import { append, count, put, putAndRefuse } from '../testing/storage/writes';

describe.each(DIALECTS)('committing on %s', (dialect) => {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await openTestDatabase(dialect);
  });
  afterAll(() => open.drop());

  const committer = () => open.database.committer;
  async function value(key: string): Promise<string | undefined> {
    const { read } = open.database;
    const row = await read
      .selectFrom('meta')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.value;
  }

  test('shows to reads what is committed as soon as the writer knows', async () => {
    for (let i = 0; i < 20; i++) {
      await committer().submit(put, { key: `seen ${i}`, value: 'x' }, i);
      expect(await value(`seen ${i}`)).toBe('x');
    }
  });

  test('gathers writes that come together into one batch', async () => {
    const sizes = await Promise.all(
      Array.from({ length: 50 }, () => committer().submit(count, 'x', 4)),
    );
    expect(sizes).toEqual(Array(50).fill(50));
  });

  test('keeps the order of one key, across many batches and other keys', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const results: string[] = [];
    const all = letters.flatMap((text, i) => [
      committer().submit(append, { key: 'order', text }, 7, (done) => void results.push(done)),
      committer().submit(append, { key: `other ${i % 5}`, text }, i),
      ...(i % 6 === 0 ? [new Promise((resolve) => setImmediate(resolve))] : []),
    ]);
    await Promise.all(all);
    expect(results).toEqual(letters.map((_, i) => letters.slice(0, i + 1).join('')));
    expect(await value('order')).toBe(letters.join(''));
  });

  test('undoes a refused write alone, among good ones', async () => {
    const [before, refused, after] = await Promise.allSettled([
      committer().submit(put, { key: 'r1', value: 'x' }, 1),
      committer().submit(putAndRefuse, { key: 'r2' }, 1),
      committer().submit(put, { key: 'r3', value: 'x' }, 1),
    ]);
    expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(refused).toMatchObject({ reason: { code: 'conflict', message: 'Refused r2' } });
    expect([await value('r1'), await value('r2'), await value('r3')]).toEqual([
      'x',
      undefined,
      'x',
    ]);
  });

  test('fails a write that breaks a constraint alone, among good ones', async () => {
    await committer().submit(put, { key: 'c2', value: 'first' }, 1);
    const [before, broken, after] = await Promise.allSettled([
      committer().submit(put, { key: 'c1', value: 'x' }, 1),
      committer().submit(put, { key: 'c2', value: 'second' }, 1),
      committer().submit(put, { key: 'c3', value: 'x' }, 1),
    ]);
    expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(broken?.status).toBe('rejected');
    const values = [await value('c1'), await value('c2'), await value('c3')];
    expect(values).toEqual(['x', 'first', 'x']);
  });

  test('does a write that follows one of its own batch', async () => {
    const [first, second] = await Promise.all([
      committer().submit(append, { key: 'twice', text: 'a' }, 1),
      committer().submit(append, { key: 'twice', text: 'b' }, 1),
    ]);
    expect([first, second]).toEqual(['a', 'ab']);
  });

  test('carries text of every kind as it is', async () => {
    const text = 'quote " \\ \n \u2028 é 👍🏽 𝒳 \u0001 </script> null';
    await committer().submit(put, { key: 'text', value: text }, 1);
    expect(await value('text')).toBe(text);
  });

  test('closing finishes what was taken, and a reopening finds it', async () => {
    const taken = Array.from({ length: 300 }, (_, i) =>
      committer().submit(put, { key: `close ${i}`, value: 'x' }, i),
    );
    const settled = Promise.allSettled(taken);
    await open.reopen();
    expect((await settled).every((each) => each.status === 'fulfilled')).toBe(true);
    expect(await value('close 299')).toBe('x');
    await open.database.ping();
  });

  test('a reader has no way to write', async () => {
    const { read } = open.database;
    if (dialect === 'postgres') return;
    const writing = read.insertInto('meta').values({ key: 'sneaky', value: 'x' }).execute();
    await expect(writing).rejects.toThrow('readonly');
  });
});
