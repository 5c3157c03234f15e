import { describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { COMMANDS } from './commands';
import type { Endpoint } from './endpoint';
import { ENDPOINTS } from './endpoints';
import { ConfabError } from './failure';
import { validated } from './validation';

function refusal(schema: z.ZodType, value: unknown): ConfabError {
  try {
    validated(schema, value, 'The body');
  } catch (error) {
    if (error instanceof ConfabError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

const Field = (schema: z.ZodType) => z.object({ a: schema });

describe('a fault is told in plain words', () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ['text left out', z.string(), undefined, 'is missing'],
    ['a number left out', z.int().min(1), undefined, 'is missing'],
    ['a choice left out', z.enum(['x', 'y']), undefined, 'is missing'],
    ['one of several forms left out', z.union([z.string(), z.int()]), undefined, 'is missing'],
    ['no text', z.string(), 5, 'must be text'],
    ['no text, but null', z.string(), null, 'must be text'],
    ['no number', z.number(), 'x', 'must be a number'],
    ['no whole number', z.int(), 1.5, 'must be a whole number'],
    ['no boolean', z.boolean(), 'true', 'must be true or false'],
    ['no list', z.array(z.int()), {}, 'must be a list'],
    ['no object', z.object({}), [], 'must be an object'],
    ['no record', z.record(z.string(), z.int()), 5, 'must be an object'],
    ['not null', z.null(), 5, 'must be null'],
    [
      'a number below its range',
      z.int().min(1).max(100),
      0,
      'must be a whole number from 1 to 100',
    ],
    [
      'a number above its range',
      z.int().min(1).max(100),
      101,
      'must be a whole number from 1 to 100',
    ],
    ['text in place of a number', z.int().min(1).max(9), '5', 'must be a whole number from 1 to 9'],
    ['a number too small', z.int().min(1), 0, 'must be a whole number of at least 1'],
    ['a number too large', z.number().max(9), 10, 'must be a number of at most 9'],
    [
      'a number past 2^53',
      z.int().min(1),
      2 ** 60,
      'must be a whole number of at least 1 and below 2^53',
    ],
    ['a number out of step', z.number().multipleOf(5), 7, 'must be a multiple of 5'],
    ['one word only', z.literal('x'), 'y', 'must be x'],
    ['a choice', z.enum(['x', 'y']), 'z', 'must be one of: x, y'],
    ['empty text', z.string().min(1), '', 'must not be empty'],
    ['text too short', z.string().min(8), 'x', 'must have at least 8 characters'],
    ['text too long', z.string().max(1), 'xx', 'must have at most 1 character'],
    ['text of another length', z.string().length(3), 'xx', 'must have exactly 3 characters'],
    ['a list too long', z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 items'],
    ['a list too short', z.array(z.int()).min(2), [1], 'must have at least 2 items'],
    ['an e-mail address', z.email(), 'x', 'is not an e-mail address'],
    ['a URL', z.url(), 'x', 'is not a URL'],
    ['a UUID', z.uuid(), 'x', 'is not a UUID'],
    ['a time', z.iso.datetime(), 'x', 'must be a date and time such as 2026-11-20T12:00:00.000Z'],
    ['a date', z.iso.date(), 'x', 'must be a date such as 2026-11-20'],
    ['base64', z.base64url(), '?', 'is not base64url'],
    ['a pattern without words', z.string().regex(/^x$/), 'y', 'does not have the right form'],
    ['a pattern with words', z.string().regex(/^x$/, 'must be x'), 'y', 'must be x'],
    ['a rule', z.string().refine(() => false, 'must be one emoji'), 'y', 'must be one emoji'],
    ['a rule without words', z.string().refine(() => false), 'y', 'is not valid'],
    [
      'several forms',
      z.union([z.string(), z.boolean()]),
      5,
      'must be text, or must be true or false',
    ],
    ['fields that are not known', z.strictObject({}), { x: 1 }, 'has fields that are not known'],
  ])('%s', (_, schema, value, message) => {
    const error = refusal(Field(schema), value === undefined ? {} : { a: value });
    expect(error.errors).toEqual([{ path: 'a', message }]);
    expect(error.message).toBe(`The body is not valid: a ${message}`);
  });

  test('a key', () => {
    const schema = Field(z.record(z.string().regex(/^[0-9]$/, 'must be a digit'), z.int()));
    expect(refusal(schema, { a: { x: 1 } }).errors).toEqual([
      { path: 'a.x', message: 'must be a digit' },
    ]);
  });

  test('the whole', () => {
    const error = refusal(Field(z.string()), 'x');
    expect(error.errors).toEqual([{ path: '', message: 'must be an object' }]);
    expect(error.message).toBe('The body must be an object');
  });

  test('a rule over several fields is the reason', () => {
    const reason = 'give message_id or user_id, and not both';
    const error = refusal(ENDPOINTS.createReport.body, { reason: 'Spam' });
    expect(error.errors).toEqual([{ path: '', message: reason }]);
    expect(error.message).toBe(`The body is not valid: ${reason}`);
  });
});

describe('of several faults', () => {
  const Three = z.object({
    a: z.string(),
    b: z.object({ c: z.int() }),
    d: z.string().min(2).max(0),
  });

  test('the first is named, and how many more fields have one', () => {
    expect(refusal(Three, { a: 'x', b: {}, d: '' }).message).toBe(
      'The body is not valid: b.c is missing; 1 more field is not valid',
    );
    expect(refusal(Three, { b: {} }).message).toBe(
      'The body is not valid: a is missing; 2 more fields are not valid',
    );
  });

  test('two of the same field count once', () => {
    const error = refusal(Three, { a: 'x', b: { c: 1 }, d: 'x' });
    expect(error.errors?.map(({ path }) => path)).toEqual(['d', 'd']);
    expect(error.message).toBe('The body is not valid: d must have at least 2 characters');
  });

  test('no more than twenty are listed', () => {
    expect(refusal(z.array(z.int()), Array(50).fill('x')).errors).toHaveLength(20);
  });
});

/** Whatever is sent, nobody is to read what the validator says of its own. */
const FOREIGN = /invalid|expected|received|too (big|small)|undefined|pattern|option/i;
const NONSENSE: unknown[] = [
  undefined,
  null,
  5,
  -1.5,
  2 ** 60,
  '',
  'x',
  '\u0000',
  true,
  [],
  [{}],
  {},
  { x: 1 },
];

const SCHEMAS: readonly z.ZodType[] = [
  ...Object.values(COMMANDS),
  ...Object.values<Endpoint>(ENDPOINTS).flatMap(({ body, query, params }) =>
    [body, query, params].filter((schema) => schema !== undefined),
  ),
];

/** Nonsense for every field of an object at once. */
function filled(schema: z.ZodType, nonsense: unknown): unknown {
  if (!(schema instanceof z.ZodObject)) return nonsense;
  return Object.fromEntries(Object.keys(schema.shape).map((name) => [name, nonsense]));
}

test('no schema of the contract answers in the words of the validator', () => {
  let faults = 0;
  for (const schema of SCHEMAS) {
    for (const nonsense of NONSENSE.flatMap((value) => [value, filled(schema, value)])) {
      try {
        validated(schema, nonsense, 'The body');
      } catch (error) {
        if (!(error instanceof ConfabError)) throw error;
        for (const { message } of error.errors ?? []) {
          faults++;
          expect(message).not.toMatch(FOREIGN);
        }
      }
    }
  }
  expect(faults).toBeGreaterThan(500);
});
