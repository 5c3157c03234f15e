import type { JsonSchema } from './json-schema';

/** Where both document formats keep their schemas. */
const COMPONENTS = '#/components/schemas/';

/** Keywords in the order in which a person reads them. */
const ORDER = ['$ref', 'type', 'format', 'description', 'properties', 'required', 'items'];
const LAST = ['default', 'examples'];

/** Formats that say more to a reader than the pattern that implements them. */
const TELLING_FORMATS: ReadonlySet<unknown> = new Set(['date-time', 'email', 'uuid']);

/** The component's name in a reference. */
export const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** Rewrites zod's output into what one would have written by hand. */
export function tidy(schema: JsonSchema): JsonSchema {
  const copy = mapChildren(schema, tidy);
  if (copy.$ref) copy.$ref = COMPONENTS + refName(copy.$ref);
  // Receivers ignore unknown fields, so that fields can be added later.
  if (copy.additionalProperties === false) delete copy.additionalProperties;
  if (copy.propertyNames && Object.keys(copy.propertyNames).join() === 'type') {
    delete copy.propertyNames;
  }
  tidyNumber(copy);
  tidyString(copy);
  return inOrder(flattenNullable(copy));
}

function mapChildren(schema: JsonSchema, change: (child: JsonSchema) => JsonSchema): JsonSchema {
  const copy = { ...schema };
  if (copy.properties) {
    const changed = Object.entries(copy.properties).map(([key, value]) => [key, change(value)]);
    copy.properties = Object.fromEntries(changed);
  }
  if (copy.items) copy.items = change(copy.items);
  if (copy.propertyNames) copy.propertyNames = change(copy.propertyNames);
  if (typeof copy.additionalProperties === 'object') {
    copy.additionalProperties = change(copy.additionalProperties);
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    const branches = copy[keyword];
    if (branches) copy[keyword] = branches.map(change);
  }
  return copy;
}

/** An integer without bounds of its own has the type for which generators need a hint: 64 bits. */
function tidyNumber(schema: JsonSchema): void {
  if (schema.type !== 'integer') return;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum !== Number.MAX_SAFE_INTEGER) return;
  delete schema.maximum;
  schema.format = 'int64';
}

function tidyString(schema: JsonSchema): void {
  if (schema.minLength === 0) delete schema.minLength;
  if (schema.maxLength === Number.MAX_SAFE_INTEGER) delete schema.maxLength;
  if (TELLING_FORMATS.has(schema.format)) delete schema.pattern;
}

/** `anyOf [string, null]` is `type: [string, null]`. */
function flattenNullable(schema: JsonSchema): JsonSchema {
  const { anyOf, ...outer } = schema;
  const [inner, none] = anyOf ?? [];
  if (anyOf?.length !== 2 || none?.type !== 'null' || typeof inner?.type !== 'string') {
    return schema;
  }
  const flat: JsonSchema = { ...inner, type: [inner.type, 'null'], ...outer };
  if (inner.enum) flat.enum = [...inner.enum, null];
  return flat;
}

function inOrder(schema: JsonSchema): JsonSchema {
  const rank = (keyword: string): number => {
    const last = LAST.indexOf(keyword);
    if (last >= 0) return 1000 + last;
    const first = ORDER.indexOf(keyword);
    return first >= 0 ? first : 500;
  };
  const sorted = Object.entries(schema).sort(
    ([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0),
  );
  return Object.fromEntries(sorted);
}
