import { expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import { LIMITS } from './common';
import { plainFault } from './plain-faults';
import { RevMap, SentRevMap } from './rev-map';
import { SyncRequest } from './sync';
import { validated } from './validation';

const chats = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, 7]));

const key = fc.oneof(
  fc.string(),
  fc.nat().map(String),
  fc.constantFrom('0', '01', '1', '9999999999999999', '12345678901234567'),
);
const value = fc.oneof(
  fc.nat(),
  fc.constantFrom<unknown>(-1, 1.5, 2 ** 53 - 1, 2 ** 53, '1', null, {}, Number.NaN),
);

/** As a request brings it. The library's record passes over a key that no chat has. */
const asRequest = (input: unknown): unknown => {
  const value = JSON.parse(JSON.stringify(input) ?? 'null');
  if (typeof value === 'object' && value !== null) delete value['__proto__' as never];
  return value;
};

test('takes what the described schema takes, and finds a fault that it finds', () => {
  const any = fc.oneof(fc.dictionary(key, value, { maxKeys: 4 }), fc.anything()).map(asRequest);
  fc.assert(
    fc.property(any, (input) => {
      const found = SentRevMap.safeParse(input, { error: plainFault });
      const known = RevMap.safeParse(input, { error: plainFault });
      expect(found.success).toBe(known.success);
      const faults = known.error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
      for (const { path, message } of found.error?.issues ?? []) {
        expect(faults).toContainEqual({ path, message });
      }
    }),
    { numRuns: 500 },
  );
});

test('a key that is no chat is refused, whatever it does to objects', () => {
  expect(SentRevMap.safeParse(JSON.parse('{"__proto__": 1}')).success).toBe(false);
});

test('looks at no entry beyond the limit', () => {
  const sync = (count: number) => validated(SyncRequest, { chats: chats(count) }, 'The body');
  expect(Object.keys(sync(LIMITS.syncChats).chats)).toHaveLength(LIMITS.syncChats);
  const isWhole = spyOn(Number, 'isSafeInteger');
  expect(() => sync(LIMITS.syncChats * 4)).toThrow('chats must have at most 10000 entries');
  expect(isWhole.mock.calls.length).toBeLessThanOrEqual(LIMITS.syncChats + 1);
  isWhole.mockRestore();
});

test('five thousand chats cost no schema a look at each of them', () => {
  const parse = spyOn(RevMap._zod, 'run');
  const input = chats(5000);
  expect(SyncRequest.parse({ chats: input }).chats).toBe(input);
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
