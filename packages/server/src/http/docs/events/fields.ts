import type { JsonSchema } from '@confab/protocol/documents/json-schema';
import { html } from 'hono/html';
import { type Markup, nothing, prose } from './text';

/** Anchor of a shared type on the page. */
export const typeAnchor = (name: string): string => `type-${name}`;

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

/** The fields of an object: name, type, whether it is required, meaning, bounds. */
export function fieldList(schema: JsonSchema): Markup {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return html`<p class="quiet">No fields.</p>`;
  const required = new Set(schema.required);
  return html`<dl class="fields">${fields.map(([name, field]) => fieldRow(name, field, required.has(name)))}</dl>`;
}

function fieldRow(name: string, field: JsonSchema, required: boolean): Markup {
  const notes = [field.description && prose(field.description), ...bounds(field)].filter(
    (note) => note !== undefined && note !== '',
  );
  return html`
<div>
  <dt><code class="name">${name}</code> <span class="type">${typeText(field)}</span>${
    required ? nothing : html` <span class="optional">optional</span>`
  }</dt>
  <dd>${notes.map((note) => html`<span class="note">${note}</span>`)}</dd>
</div>`;
}

/** A schema's type in words, with links to shared types. */
export function typeText(schema: JsonSchema): Markup {
  if (schema.$ref) return typeLink(nameOf(schema.$ref));
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (branches) return joined(branches.map(typeText));
  const types = [schema.type ?? 'anything'].flat();
  return joined(types.map((type) => simpleType(type, schema)));
}

function typeLink(name: string): Markup {
  return html`<a href="#${typeAnchor(name)}">${name}</a>`;
}

function joined(parts: Markup[]): Markup {
  return html`${parts.map((part, index) => (index === 0 ? part : html` or ${part}`))}`;
}

function simpleType(type: string, schema: JsonSchema): Markup {
  if (type === 'array') return html`array of ${schema.items ? typeText(schema.items) : 'anything'}`;
  if (type === 'object' && typeof schema.additionalProperties === 'object') {
    return html`map to ${typeText(schema.additionalProperties)}`;
  }
  if (type === 'string' && schema.format) return html`string (${schema.format})`;
  return html`${type}`;
}

function bounds(schema: JsonSchema): Markup[] {
  const told: Markup[] = [];
  const values = schema.enum?.filter((value) => value !== null);
  if (values) told.push(html`One of ${values.map((value) => html`<code>${value}</code> `)}`);
  if (schema.default !== undefined) {
    told.push(html`Default: <code>${JSON.stringify(schema.default)}</code>`);
  }
  const range = rangeText(schema);
  if (range) told.push(html`${range}`);
  return told;
}

function rangeText(schema: JsonSchema): string | undefined {
  const [low, high, unit] =
    schema.maxLength !== undefined || schema.minLength !== undefined
      ? [schema.minLength, schema.maxLength, ' characters']
      : schema.maxItems !== undefined
        ? [schema.minItems, schema.maxItems, ' items']
        : [schema.minimum, schema.maximum, ''];
  if (low !== undefined && high !== undefined) return `From ${low} to ${high}${unit}`;
  if (high !== undefined) return `At most ${high}${unit}`;
  // That counts and ids are not negative needs no telling.
  if (low !== undefined && low > 1) return `At least ${low}${unit}`;
  return undefined;
}
