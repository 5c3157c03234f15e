import type { z } from 'zod';
import { LIMITS } from '../common';
import type { Endpoint } from '../endpoint';
import { exampleOf } from './examples';
import type { JsonSchema, SchemaSet } from './json-schema';
import { problemResponses } from './openapi-problems';

/** One call of the endpoint table as an OpenAPI operation. */
export function openApiOperation(
  name: string,
  endpoint: Endpoint,
  schemas: SchemaSet,
): Record<string, unknown> {
  const query = endpoint.query && schemas.text(endpoint.query);
  const description = [endpoint.description, rules(query)].filter(Boolean).join('\n\n');
  const parameters = [...pathParameters(endpoint, schemas), ...queryParameters(query)];
  return {
    operationId: name,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(description ? { description } : {}),
    ...(endpoint.auth ? { security: [{ bearer: [] }, { password: [] }] } : { security: [] }),
    ...(parameters.length ? { parameters } : {}),
    ...requestBody(endpoint, schemas),
    responses: { ...goodResponses(endpoint, schemas), ...problemResponses(endpoint) },
  };
}

/** What a query as a whole must fulfil; zod's refinements are told in its description. */
function rules(query: JsonSchema | undefined): string | undefined {
  return query?.description && `${query.description}.`;
}

function pathParameters(endpoint: Endpoint, schemas: SchemaSet): object[] {
  if (!endpoint.params) return [];
  const { properties = {} } = schemas.text(endpoint.params);
  return Object.entries(properties).map(([name, schema]) =>
    parameter({ name, in: 'path', required: true }, schema),
  );
}

function queryParameters(query: JsonSchema | undefined): object[] {
  return Object.entries(query?.properties ?? {}).map(([name, schema]) =>
    parameter({ name, in: 'query', required: query?.required?.includes(name) ?? false }, schema),
  );
}

interface ParameterBase {
  name: string;
  in: 'path' | 'query';
  required: boolean;
}

function parameter(base: ParameterBase, schema: JsonSchema): object {
  const { description, examples, ...rest } = schema;
  return {
    ...base,
    ...(description ? { description } : {}),
    schema: rest,
    // Viewers fill a form with it: for optional ones that would ask for what nobody asked for.
    ...(base.required && examples?.length ? { example: examples[0] } : {}),
  };
}

function requestBody(endpoint: Endpoint, schemas: SchemaSet): object {
  if (endpoint.consumes) return { requestBody: rawBody(endpoint, endpoint.consumes) };
  return endpoint.body ? { requestBody: parsedBody(endpoint, endpoint.body, schemas) } : {};
}

function rawBody({ parts }: Endpoint, mediaType: string): object {
  const binary = { type: 'string', format: 'binary' };
  const schema = parts ? partsSchema(parts) : binary;
  return { required: true, content: { [mediaType]: { schema } } };
}

function partsSchema(parts: NonNullable<Endpoint['parts']>): object {
  const properties = Object.entries(parts).map(([name, { description, binary }]) => [
    name,
    { type: 'string', ...(binary ? { format: 'binary' } : {}), description },
  ]);
  const required = Object.keys(parts).filter((name) => parts[name]?.required);
  return { type: 'object', properties: Object.fromEntries(properties), required };
}

function parsedBody(endpoint: Endpoint, body: z.ZodType, schemas: SchemaSet): object {
  const schema = schemas.json(body, 'input');
  const json = content(schema, schemas);
  const form = endpoint.form ? { 'application/x-www-form-urlencoded': json } : {};
  return {
    required: true,
    description: sizeText(endpoint),
    content: { 'application/json': json, ...form },
  };
}

function sizeText({ bodyBytes = LIMITS.bodyBytes, form }: Endpoint): string {
  const size = `At most ${bodyBytes / 1024} KiB`;
  return form ? `${size}; a form at most ${LIMITS.formBytes / 1024} KiB` : size;
}

function content(schema: JsonSchema, schemas: SchemaSet): object {
  const example = exampleOf(schema, (ref) => schemas.resolve(ref));
  return { schema, ...(example === undefined ? {} : { example }) };
}

const GOOD: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted; it goes on in the background',
  204: 'Done; there is nothing to say',
};

function goodResponses(endpoint: Endpoint, schemas: SchemaSet): Record<string, object> {
  const body = endpoint.produces
    ? { content: { [endpoint.produces]: { schema: { type: 'string', format: 'binary' } } } }
    : endpoint.response
      ? {
          content: {
            'application/json': content(schemas.json(endpoint.response, 'output'), schemas),
          },
        }
      : {};
  const responses: Record<string, object> = {
    [endpoint.status]: { description: GOOD[endpoint.status] ?? 'Done', ...body },
  };
  if (endpoint.otherStatus) {
    responses[endpoint.otherStatus] = { description: 'It was there already', ...body };
  }
  return responses;
}
