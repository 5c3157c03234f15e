import { z } from 'zod';
import { refName, tidy } from './json-schema-tidy';

/** A JSON Schema, as far as the documents look into it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  [keyword: string]: unknown;
}

/** OpenAPI 3.1 speaks draft 2020-12, AsyncAPI 3.0 draft 7. */
export type Dialect = 'draft-2020-12' | 'draft-07';
/** As a client writes it (`input`), or as the server sends it (`output`). */
export type Direction = 'input' | 'output';

/** Rules of every text of the protocol: told once per document, not at each field. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'must not contain NUL characters',
  'must be well-formed Unicode',
]);

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;
type OverrideContext = Parameters<Override>[0];

/**
 * Turns zod schemas into JSON Schemas. Those that carry an id (`.meta({ id })`) are gathered
 * as components and referred to; the others stand where they are used.
 */
export class SchemaSet {
  readonly #dialect: Dialect;
  readonly #components = new Map<string, JsonSchema>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The schema of a JSON body or frame. */
  json(schema: z.ZodType, direction: Direction): JsonSchema {
    return this.#convert(schema, direction, describeNode);
  }

  /**
   * The schema of parameters in a path or a query. They arrive as text and are read as numbers
   * and the like; readers want to know what they are read as.
   */
  text(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'input', (node) => {
      this.#readPipe(node);
      describeNode(node);
    });
  }

  /** The schema that a reference made by this set points to. */
  resolve(ref: string): JsonSchema {
    const found = this.#components.get(refName(ref));
    if (!found) throw new Error(`No such schema: ${ref}`);
    return found;
  }

  /** All schemas with an id that were met so far, by name. */
  components(): Record<string, JsonSchema> {
    const byName = [...this.#components].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(byName);
  }

  #convert(schema: z.ZodType, io: Direction, override: Override): JsonSchema {
    const raw = z.toJSONSchema(schema, {
      target: this.#dialect,
      io,
      // Transforms and the like accept what their description says; never fail a document on one.
      unrepresentable: 'any',
      override,
    }) as JsonSchema;
    const { $schema, $defs, definitions, ...root } = raw;
    const named = ($defs ?? definitions ?? {}) as Record<string, JsonSchema>;
    for (const [id, component] of Object.entries(named)) this.#keep(id, tidy(component));
    return tidy(root);
  }

  #keep(id: string, component: JsonSchema): void {
    const known = this.#components.get(id);
    if (known && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(`Schema ${id} reads and writes differently: give each direction its own id`);
    }
    this.#components.set(id, component);
  }

  #readPipe({ zodSchema, jsonSchema }: OverrideContext): void {
    const { def } = zodSchema._zod;
    if (def.type !== 'pipe' || def.out._zod.def.type === 'transform') return;
    const { $schema, ...readAs } = z.toJSONSchema(def.out, {
      target: this.#dialect,
      unrepresentable: 'any',
    });
    const { description } = jsonSchema;
    for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
    Object.assign(jsonSchema, readAs, description === undefined ? {} : { description });
  }
}

/** Adds what zod leaves out: examples of schemas that transform, and the words of refinements. */
function describeNode({ zodSchema, jsonSchema }: OverrideContext): void {
  const examples = z.globalRegistry.get(zodSchema)?.examples;
  if (Array.isArray(examples)) jsonSchema.examples ??= examples;
  for (const rule of refinements(zodSchema)) {
    const told = jsonSchema.description;
    if (told?.toLowerCase().includes(rule.toLowerCase())) continue;
    jsonSchema.description = told ? `${told}; ${rule}` : rule[0]?.toUpperCase() + rule.slice(1);
  }
}

function refinements(schema: z.core.$ZodType): string[] {
  const messages: string[] = [];
  for (const check of schema._zod.def.checks ?? []) {
    const { check: kind, error } = check._zod.def;
    if (kind !== 'custom' || !error) continue;
    const told = error({ code: 'custom', input: undefined, path: [] } as never);
    const message = typeof told === 'string' ? told : told?.message;
    if (message && !EVERYWHERE.has(message)) messages.push(message);
  }
  return messages;
}
