import type { FrameDescription } from '@confab/protocol/documents/asyncapi-frames';
import {
  ACCESS_WAYS,
  CONVERSATION,
  closeCodeRows,
  errorRows,
  HANDSHAKE_ERRORS,
} from '@confab/protocol/documents/asyncapi-text';
import type { JsonSchema } from '@confab/protocol/documents/json-schema';
import { allLimits, type DocumentLimits, limitRows } from '@confab/protocol/documents/limits';
import { html } from 'hono/html';
import { fieldList, typeAnchor, typeText } from './fields';
import { jsonBlock, type Markup, nothing, prose } from './text';

export const frameAnchor = ({ kind, name }: FrameDescription): string => `${kind}-${name}`;

export function introduction(): Markup {
  return html`
<section id="conversation">
  <h2>The conversation</h2>
  <dl class="prose">${CONVERSATION.map(({ title, text }) => html`<dt>${title}</dt><dd>${prose(text)}</dd>`)}</dl>
</section>
<section id="signing-in">
  <h2>Signing in</h2>
  <dl class="prose">${ACCESS_WAYS.map(({ how, text }) => html`<dt>${how}</dt><dd>${prose(text)}</dd>`)}</dl>
  <h3>Refused before the upgrade</h3>
  ${table(
    ['HTTP status', 'Why'],
    HANDSHAKE_ERRORS.map(({ status, text }) => [html`${status}`, prose(text)]),
  )}
</section>`;
}

/** A command with its fields, an example, and the ack that answers it. */
export function commandSection(command: FrameDescription, ack: FrameDescription): Markup {
  return html`
<article id="${frameAnchor(command)}">
  <h3><a class="anchor" href="#${frameAnchor(command)}">${command.name}</a></h3>
  <p>${prose(command.summary)}</p>
  <div class="columns">
    <div><h4>Fields</h4>${fieldList(command.payload)}</div>
    <div><h4>Example</h4>${jsonBlock(command.example)}</div>
    <div><h4>Ack</h4>${fieldList(ack.payload)}</div>
    <div><h4>Example of the ack</h4>${jsonBlock(ack.example)}</div>
  </div>
</article>`;
}

export function eventSection(event: FrameDescription): Markup {
  return html`
<article id="${frameAnchor(event)}">
  <h3><a class="anchor" href="#${frameAnchor(event)}">${event.name}</a></h3>
  <p>${prose(event.summary)}</p>
  <div class="columns">
    <div><h4>Fields</h4>${fieldList(event.payload)}</div>
    <div><h4>Example</h4>${jsonBlock(event.example)}</div>
  </div>
</article>`;
}

export function typeSection(name: string, schema: JsonSchema): Markup {
  return html`
<article id="${typeAnchor(name)}">
  <h3><a class="anchor" href="#${typeAnchor(name)}">${name}</a></h3>
  ${schema.description ? html`<p>${prose(schema.description)}</p>` : nothing}
  ${schema.properties ? fieldList(schema) : valueList(schema)}
</article>`;
}

function valueList(schema: JsonSchema): Markup {
  return html`<p><span class="type">${typeText(schema)}</span> ${(schema.enum ?? []).map(
    (value) => html`<code>${value}</code> `,
  )}</p>`;
}

export function closeCodes(): Markup {
  const rows = closeCodeRows().map(({ code, reason, reaction }) => [
    html`<code>${code}</code>`,
    html`${reason}`,
    html`${reaction}`,
  ]);
  return html`
<section id="close-codes">
  <h2>Close codes</h2>
  ${table(['Code', 'Reason', 'What to do'], rows)}
</section>`;
}

export function errors(): Markup {
  const rows = errorRows().map(({ code, status, title, temporary }) => [
    html`<code>${code}</code>`,
    html`${title}`,
    html`${status}`,
    html`${temporary ? 'yes, later' : 'no'}`,
  ]);
  return html`
<section id="errors">
  <h2>Error codes</h2>
  <p>${prose('The `code` of an `error` frame, and of the problem documents over HTTP.')}</p>
  ${table(['Code', 'Meaning', 'HTTP status', 'May the same succeed?'], rows)}
</section>`;
}

export function limitsSection(limits: Partial<DocumentLimits> | undefined): Markup {
  const rows = limitRows(allLimits(limits)).map(({ meaning, value }) => [
    prose(meaning),
    html`${value}`,
  ]);
  return html`
<section id="limits">
  <h2>Limits</h2>
  ${table(['Limit', 'Value'], rows)}
</section>`;
}

function table(head: readonly string[], rows: readonly Markup[][]): Markup {
  return html`
<div class="scroll" tabindex="0"><table>
  <thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
  <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
