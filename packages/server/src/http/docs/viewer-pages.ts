import { html } from 'hono/html';
import type { Resource } from './resource';
import { pageHeaders } from './security';

const HTML = 'text/html; charset=utf-8';

/** The REST interface in Swagger UI, where calls can be tried. */
export const swaggerPage: Resource = {
  type: HTML,
  // Swagger UI's SVG icons and its React components set style attributes.
  headers: pageHeaders({ scripts: true, inlineStyles: true }),
  load: () =>
    viewer({
      title: 'Confab: HTTP API',
      styles: ['swagger-ui.css'],
      element: 'swagger-ui',
      scripts: ['swagger-ui-bundle.js', 'swagger-init.js'],
    }),
};

/** The REST interface in ReDoc, for reading. */
export const redocPage: Resource = {
  type: HTML,
  // ReDoc makes its style sheets, and its search index in a worker, from its own script.
  headers: pageHeaders({ scripts: true, inlineStyles: true, blobWorkers: true }),
  load: () =>
    viewer({
      title: 'Confab: HTTP API reference',
      styles: [],
      element: 'redoc',
      scripts: ['redoc.standalone.js', 'redoc-init.js'],
    }),
};

interface Viewer {
  title: string;
  styles: readonly string[];
  /** Id of the element that the viewer fills. */
  element: string;
  scripts: readonly string[];
}

async function viewer({ title, styles, element, scripts }: Viewer): Promise<string> {
  const asset = (name: string) => `/docs/assets/${name}`;
  const page = await html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="icon" href="${asset('icon.svg')}">
    ${[...styles, 'pages.css'].map((name) => html`<link rel="stylesheet" href="${asset(name)}">`)}
  </head>
  <body>
    <div id="${element}"></div>
    <noscript>This page needs JavaScript. The document itself: <a href="/openapi.json">/openapi.json</a></noscript>
    ${scripts.map((name) => html`<script src="${asset(name)}"></script>`)}
  </body>
</html>
`;
  return page.toString();
}
