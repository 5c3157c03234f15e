import { type AnyRead, defineRead, type ReadContext, readRegistry } from '../../storage/read';

const stored = async ({ rows }: ReadContext, key: string): Promise<string | null> => {
  const [row] = await rows<{ value: string }>('select value from meta where key = ?', [key]);
  return row?.value ?? null;
};

const value = defineRead('test.value', stored);

/** Whether a value is the same after a while, in which others may write. */
const twice = defineRead('test.twice', async (context, key: string) => {
  const first = await stored(context, key);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return first === (await stored(context, key));
});

const die = defineRead('test.die', async () => process.exit(1));

export const testReads = readRegistry([value, twice, die] as unknown as AnyRead[]);
