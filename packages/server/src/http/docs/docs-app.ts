import { asyncApiDocument } from '@confab/protocol/asyncapi';
import type { DocumentLimits } from '@confab/protocol/documents/limits';
import { openApiDocument } from '@confab/protocol/openapi';
import { Hono } from 'hono';
import { ASSETS } from './assets';
import { eventsPage } from './events/page';
import { type Resource, serve } from './resource';
import { redocPage, swaggerPage } from './viewer-pages';

export interface DocsOptions {
  version: string;
  /** Limits that are configured otherwise than by default. */
  limits?: Partial<DocumentLimits>;
}

/** The API's documents and the pages that show them. They load nothing from other hosts. */
export function docsApp(options: DocsOptions): Hono {
  const app = new Hono();
  app.get('/openapi.json', serve(document(() => openApiDocument(options))));
  app.get('/asyncapi.json', serve(document(() => asyncApiDocument(options))));
  const pages = { '/docs': swaggerPage, '/redoc': redocPage, '/docs/events': eventsPage(options) };
  for (const [path, page] of Object.entries(pages)) {
    const handler = serve(page);
    app.get(path, handler).get(`${path}/`, handler);
  }
  for (const [name, asset] of Object.entries(ASSETS)) {
    app.get(`/docs/assets/${name}`, serve(asset));
  }
  return app;
}

function document(make: () => object): Resource {
  return {
    type: 'application/json; charset=utf-8',
    load: () => JSON.stringify(make()),
  };
}
