import type { JsonSchema } from './json-schema';

type Resolve = (ref: string) => JsonSchema;

/** Key of the one entry in the example of a map: maps of the protocol go by id. */
const MAP_KEY = '1';

/**
 * Composes an example of a schema out of the examples of its parts, so that it follows every
 * change of the schema. Optional fields appear when they carry an example. Undefined when some
 * part has none.
 */
export function exampleOf(schema: JsonSchema, resolve: Resolve): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.$ref) return exampleOf(resolve(schema.$ref), resolve);
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
  if (branch) return exampleOf(branch, resolve);
  return exampleOfType(schema, resolve);
}

function exampleOfType(schema: JsonSchema, resolve: Resolve): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return exampleOfObject(schema, resolve);
    case 'array':
      return schema.items ? exampleOfItems(schema.items, resolve) : [];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'null':
      return null;
    default:
      return undefined;
  }
}

function exampleOfItems(items: JsonSchema, resolve: Resolve): unknown[] {
  const item = exampleOf(items, resolve);
  return item === undefined ? [] : [item];
}

function exampleOfObject(schema: JsonSchema, resolve: Resolve): Record<string, unknown> {
  const example: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!schema.required?.includes(name) && !carriesExample(property, resolve)) continue;
    const value = exampleOf(property, resolve);
    if (value !== undefined) example[name] = value;
  }
  const entries = schema.additionalProperties;
  if (typeof entries === 'object' && Object.keys(entries).length > 0) {
    const value = exampleOf(entries, resolve);
    if (value !== undefined) example[MAP_KEY] = value;
  }
  return example;
}

function carriesExample(schema: JsonSchema, resolve: Resolve): boolean {
  if (schema.examples?.length) return true;
  if (schema.$ref) return carriesExample(resolve(schema.$ref), resolve);
  if (schema.items) return carriesExample(schema.items, resolve);
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
  ];
  return parts.some((part) => carriesExample(part, resolve));
}
