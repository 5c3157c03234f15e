import { exampleOf } from './documents/examples';
import { type JsonSchema, SchemaSet } from './documents/json-schema';
import { allLimits, type DocumentLimits } from './documents/limits';
import { openApiOperation } from './documents/openapi-operation';
import { problemExamples } from './documents/openapi-problems';
import { openApiDescription, TAGS } from './documents/openapi-text';
import type { Endpoint } from './endpoint';
import { ENDPOINTS } from './endpoints';
import { ERRORS, type ErrorCode, Problem } from './errors';

export interface OpenApiOptions {
  version: string;
  /** Where the server is reached; the document's own origin when absent. */
  serverUrl?: string;
  /** Limits that are configured otherwise than by default. */
  limits?: Partial<DocumentLimits>;
  /** The calls to describe; all of the contract when absent. */
  endpoints?: Readonly<Record<string, Endpoint>>;
}

export type OpenApiDocument = {
  openapi: string;
  info: Record<string, unknown>;
  paths: Record<string, Record<string, Record<string, unknown>>>;
  components: { schemas: Record<string, JsonSchema>; [part: string]: unknown };
  [field: string]: unknown;
};

/** The REST interface as an OpenAPI 3.1 document. */
export function openApiDocument(options: OpenApiOptions): OpenApiDocument {
  const { version, serverUrl = '/', endpoints = ENDPOINTS } = options;
  const limits = allLimits(options.limits);
  const schemas = new SchemaSet('draft-2020-12');
  schemas.json(Problem, 'output');
  const paths = openApiPaths(endpoints, schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Confab',
      version,
      summary: 'Real-time chat that you host yourself',
      description: openApiDescription(limits),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl }],
    tags: usedTags(endpoints),
    paths,
    components: {
      schemas: withExamples(schemas),
      examples: problemExamples(Object.keys(ERRORS) as ErrorCode[]),
      securitySchemes: securitySchemes(),
    },
    externalDocs: { description: 'The WebSocket interface', url: '/docs/events' },
    'x-confab-limits': limits,
  };
}

/**
 * Paths are spelled as in the contract. `/api/messages/{chat_id}` and `/api/messages/{message_id}`
 * stand side by side, each with the methods that read the parameter so: a purist would merge them
 * under one name, but then neither could be found by its own.
 */
function openApiPaths(
  endpoints: Readonly<Record<string, Endpoint>>,
  schemas: SchemaSet,
): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const operations = paths[endpoint.path] ?? {};
    operations[endpoint.method] = openApiOperation(name, endpoint, schemas);
    paths[endpoint.path] = operations;
  }
  return paths;
}

function usedTags(endpoints: Readonly<Record<string, Endpoint>>): object[] {
  const used = new Set(Object.values(endpoints).map((endpoint) => endpoint.tag));
  return [...used].map((name) => ({ name, description: TAGS[name] ?? name }));
}

function withExamples(schemas: SchemaSet): Record<string, JsonSchema> {
  const resolve = (ref: string) => schemas.resolve(ref);
  const described = Object.entries(schemas.components()).map(([name, schema]) => {
    const example = exampleOf(schema, resolve);
    return [name, example === undefined ? schema : { ...schema, examples: [example] }];
  });
  return Object.fromEntries(described);
}

function securitySchemes(): object {
  return {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token from `POST /api/auth/login` or `/api/auth/register`.',
    },
    password: {
      type: 'oauth2',
      description: 'Username (or email) and password; fetches the access token for you.',
      flows: { password: { tokenUrl: '/api/auth/login', scopes: {} } },
    },
  };
}
