import { html } from 'hono/html';

/** A piece of HTML whose text is escaped. */
export type Markup = ReturnType<typeof html>;

export const nothing: Markup = html``;

/** Plain text in which `backticks` set code off. */
export function prose(text: string): Markup {
  const pieces = text
    .split('`')
    .map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
  return html`${pieces}`;
}

/** A JSON example, indented. */
export function jsonBlock(value: unknown): Markup {
  return html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;
}
