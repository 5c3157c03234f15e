import { describe, expect, test } from 'bun:test';
import { z } from 'zod';
import { exampleOf } from './examples';
import { SchemaSet } from './json-schema';

const json = (schema: z.ZodType, direction: 'input' | 'output' = 'input') =>
  new SchemaSet('draft-2020-12').json(schema, direction);
const text = (schema: z.ZodType) => new SchemaSet('draft-2020-12').text(schema);

describe('a JSON body', () => {
  test('shows what a transform takes, with its examples', () => {
    const schema = z
      .string()
      .regex(/^[A-Z]+$/)
      .transform((name) => name.toLowerCase())
      .meta({ examples: ['ABC'] });
    expect(json(schema)).toEqual({ type: 'string', pattern: '^[A-Z]+$', examples: ['ABC'] });
  });

  test('never fails on what JSON Schema cannot say', () => {
    const odd = z.object({
      when: z.date(),
      big: z.bigint(),
      map: z.map(z.string(), z.number()),
      made: z.string().transform(() => Symbol('made')),
      custom: z.custom<URL>(),
    });
    expect(Object.keys(json(odd).properties ?? {})).toHaveLength(5);
    expect(Object.keys(json(odd, 'output').properties ?? {})).toHaveLength(5);
  });

  test('puts refinements into words, once', () => {
    const even = z
      .int()
      .refine((n) => n % 2 === 0, 'must be even')
      .describe('A pair');
    expect(json(even)).toMatchObject({ description: 'A pair; must be even' });
    expect(json(even.optional())).toMatchObject({ description: 'A pair; must be even' });
    expect(json(z.int().refine(() => true, 'must be so'))).toMatchObject({
      description: 'Must be so',
    });
  });

  test('allows fields to be added to answers', () => {
    expect(json(z.object({ a: z.string() }), 'output')).not.toHaveProperty('additionalProperties');
  });

  test('says null in the type where it can', () => {
    expect(json(z.string().max(9).nullable())).toEqual({ type: ['string', 'null'], maxLength: 9 });
    expect(json(z.enum(['a', 'b']).nullable())).toEqual({
      type: ['string', 'null'],
      enum: ['a', 'b', null],
    });
  });

  test('gives unbounded integers a width, and bounded ones their bounds', () => {
    expect(json(z.int().min(1))).toEqual({ type: 'integer', format: 'int64', minimum: 1 });
    expect(json(z.int().min(1).max(9))).toEqual({ type: 'integer', minimum: 1, maximum: 9 });
    expect(json(z.int())).toEqual({ type: 'integer', format: 'int64' });
  });

  test('keeps a telling format and drops the pattern behind it', () => {
    expect(json(z.iso.datetime())).toEqual({ type: 'string', format: 'date-time' });
    expect(json(z.uuid())).toEqual({ type: 'string', format: 'uuid' });
  });
});

describe('a parameter', () => {
  test('is shown as what its text is read as', () => {
    const id = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1));
    expect(text(id.describe('An id'))).toEqual({
      type: 'integer',
      format: 'int64',
      description: 'An id',
      minimum: 1,
    });
    expect(text(z.stringbool().default(false))).toMatchObject({ type: 'boolean' });
  });
});

describe('components', () => {
  const Leaf = z.object({ n: z.int().meta({ examples: [3] }) }).meta({ id: 'TestLeaf' });
  const Tree = z.object({ leaf: Leaf.nullable(), leaves: z.array(Leaf) }).meta({ id: 'TestTree' });

  test('are referred to by their ids', () => {
    const schemas = new SchemaSet('draft-07');
    expect(schemas.json(Tree, 'output')).toEqual({ $ref: '#/components/schemas/TestTree' });
    expect(Object.keys(schemas.components())).toEqual(['TestLeaf', 'TestTree']);
    expect(schemas.resolve('#/components/schemas/TestTree').properties?.leaves).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/TestLeaf' },
    });
  });

  test('compose their examples', () => {
    const schemas = new SchemaSet('draft-07');
    const ref = schemas.json(Tree, 'output');
    expect(exampleOf(ref, (name) => schemas.resolve(name))).toEqual({
      leaf: { n: 3 },
      leaves: [{ n: 3 }],
    });
  });

  test('that differ by direction are refused while the table is written', () => {
    const Both = z.object({ n: z.int().default(1) }).meta({ id: 'TestBoth' });
    const schemas = new SchemaSet('draft-07');
    schemas.json(Both, 'input');
    expect(() => schemas.json(Both, 'output')).toThrow('its own id');
  });
});
