import { ConfabError } from '@confab/protocol';
import { type AnyWrite, defineBulkWrite, defineWrite, registry } from '../../storage/write';

/** Keeps a pair in the `meta` table. Twice the same key breaks its constraint. */
export const put = defineWrite<{ key: string; value: string }, string>(
  'test.put',
  async ({ db }, pair) => {
    await db.insertInto('meta').values(pair).execute();
    return pair.key;
  },
);

/** Writes, and then refuses. */
export const putAndRefuse = defineWrite<{ key: string }, never>(
  'test.refuse',
  async ({ db }, { key }) => {
    await db.insertInto('meta').values({ key, value: 'never' }).execute();
    throw new ConfabError('conflict', `Refused ${key}`);
  },
);

/** Appends to a value: the result tells in which order writes were done. */
export const append = defineWrite<{ key: string; text: string }, string>(
  'test.append',
  async ({ db }, { key, text }) => {
    const row = await db
      .insertInto('meta')
      .values({ key, value: text })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet((eb) => ({
          value: eb(eb.ref('meta.value'), '||', eb.val(text)),
        })),
      )
      .returning('value')
      .executeTakeFirstOrThrow();
    return row.value;
  },
);

/** Tells how many inputs it was given together. */
export const count = defineBulkWrite<string, number>('test.count', async (_, inputs) =>
  inputs.map(() => ({ ok: true, value: inputs.length })),
);

export const testWrites = registry([put, putAndRefuse, append, count] as unknown as AnyWrite[]);
