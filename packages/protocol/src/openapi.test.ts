import { describe, expect, test } from 'bun:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { z } from 'zod';
import type { JsonSchema } from './documents/json-schema';
import { TAGS } from './documents/openapi-text';
import { ENDPOINTS } from './endpoints';
import { ERRORS } from './errors';
import { openApiDocument } from './openapi';

const document = openApiDocument({ version: '1.2.3' });

type Content = Record<string, { schema: JsonSchema; example?: unknown }>;
interface Operation {
  operationId: string;
  tags: string[];
  parameters?: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content; headers?: object }>;
  security: object[];
}

const operations = Object.values(document.paths).flatMap((path) =>
  Object.values(path),
) as unknown as Operation[];
const operation = (name: string): Operation => {
  const found = operations.find(({ operationId }) => operationId === name);
  if (!found) throw new Error(`No operation ${name}`);
  return found;
};

/** Every JSON body of the document with its example, named by where it stands. */
/** Files, and what is made of them, have no examples. */
const EXEMPLIFIED = ['application/json', 'application/x-www-form-urlencoded'];

function bodies(): [where: string, schema: JsonSchema, example: unknown][] {
  return operations.flatMap(({ operationId, requestBody, responses }) => {
    const all = { request: requestBody ?? {}, ...responses } as Record<
      string,
      { content?: Content }
    >;
    return Object.entries(all).flatMap(([part, { content = {} }]) =>
      Object.entries(content)
        .filter(([type]) => EXEMPLIFIED.includes(type))
        .map(([type, { schema, example }]): [string, JsonSchema, unknown] => [
          `${operationId} ${part} ${type}`,
          schema,
          example,
        ]),
    );
  });
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toStartWith('3.1');
  });

  test('describes every endpoint, once, under its name', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      Object.keys(ENDPOINTS).sort(),
    );
    for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
      expect(document.paths[endpoint.path]?.[endpoint.method]?.operationId).toBe(name);
    }
  });

  test('declares each path parameter exactly once', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const wanted = [...path.matchAll(/\{(.*?)\}/g)].map(([, name]) => name ?? '');
      for (const { parameters = [] } of Object.values(methods) as unknown as Operation[]) {
        const given = parameters.filter((parameter) => parameter.in === 'path');
        expect(given.map(({ name }) => name).sort()).toEqual(wanted.sort());
      }
    }
  });

  test('explains every tag', () => {
    expect(Object.keys(TAGS)).toEqual(
      expect.arrayContaining(operations.flatMap(({ tags }) => tags)),
    );
  });

  test('is the same every time', () => {
    expect(JSON.stringify(openApiDocument({ version: '1.2.3' }))).toBe(JSON.stringify(document));
  });

  test('resolves every reference', () => {
    for (const [, ref = ''] of JSON.stringify(document).matchAll(/"\$ref":"(.*?)"/g)) {
      const steps = ref.replace('#/', '').split('/');
      const target = steps.reduce<unknown>((node, step) => Object(node)[step], document);
      expect([ref, target === undefined]).toEqual([ref, false]);
    }
  });

  test('shows the configured limits', () => {
    const configured = openApiDocument({ version: '1', limits: { socketsPerUser: 7 } });
    expect(configured['x-confab-limits']).toMatchObject({ socketsPerUser: 7, messageBytes: 16384 });
    expect(configured.info.description).toContain('(the next is refused with 429): 7');
  });
});

describe('operations', () => {
  test('need a token exactly when the table says so', () => {
    for (const [name, { auth }] of Object.entries(ENDPOINTS)) {
      expect(operation(name).security.length > 0).toBe(auth);
    }
  });

  test('list their own errors and the general ones as problem documents', () => {
    const { responses } = operation('addMember');
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['201', '401', '403', '404', '409', '422', '429', '500', '503']),
    );
    expect(responses['404']?.content).toHaveProperty(['application/problem+json', 'schema'], {
      $ref: '#/components/schemas/Problem',
    });
    expect(responses['429']?.headers).toHaveProperty('Retry-After');
    expect(operation('health').responses).not.toHaveProperty('401');
  });

  test('read ids and page sizes as numbers with their bounds', () => {
    const { parameters } = operation('listMessages');
    const limit = parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100, default: 50 });
    expect(parameters?.find(({ name }) => name === 'before')).toMatchObject({
      in: 'query',
      required: false,
      description: 'Only messages older than this one',
      schema: { type: 'integer', minimum: 1 },
    });
  });

  test('tell the rules that only code can check', () => {
    expect(operation('listMessages')).toHaveProperty(
      'description',
      expect.stringContaining('exclude each other'),
    );
  });

  test('take the sign-in as JSON and as an OAuth2 password form', () => {
    expect(Object.keys(operation('login').requestBody?.content ?? {})).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
    ]);
    expect(document.components.securitySchemes).toHaveProperty(
      ['password', 'flows', 'password', 'tokenUrl'],
      '/api/auth/login',
    );
  });
});

describe('examples', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'document');
  const validate = (schema: JsonSchema) =>
    ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')),
    );

  test.each(bodies())('%s', (_where, schema, example) => {
    const valid = validate(schema);
    valid(example);
    // A missing one is cured with `.meta({ examples: […] })` at the field that is named here.
    expect(valid.errors ?? []).toEqual([]);
  });

  test.each(Object.entries(document.components.schemas))('component %s', (_name, schema) => {
    const valid = validate(schema);
    valid(schema.examples?.[0]);
    expect(valid.errors ?? []).toEqual([]);
  });

  test('of requests are accepted by the schemas themselves', () => {
    for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
      if (!('body' in endpoint)) continue;
      const example = operation(name).requestBody?.content['application/json']?.example;
      expect([name, (endpoint.body as z.ZodType).safeParse(example).error?.issues]).toEqual([
        name,
        undefined,
      ]);
    }
  });

  test('of files are told as what they are', () => {
    const { content } = operation('uploadMedia').requestBody ?? {};
    const schema = content?.['multipart/form-data']?.schema;
    expect(schema).toMatchObject({ required: ['file'] });
    expect(schema?.properties?.file).toMatchObject({ type: 'string', format: 'binary' });
    expect(operation('setMyAvatar').requestBody?.content).toHaveProperty(['image/*']);
  });

  test('of problems cover every code', () => {
    const problem = validate({ $ref: '#/components/schemas/Problem' });
    const examples = document.components.examples as Record<string, { value: unknown }>;
    expect(Object.keys(examples)).toEqual(Object.keys(ERRORS));
    for (const { value } of Object.values(examples)) expect(problem(value)).toBe(true);
  });
});
