import { asyncApiDocument } from '@confab/protocol/asyncapi';
import { openApiDocument } from '@confab/protocol/openapi';

/** What `npm run generate` writes and `npm run check` compares, by path from the root. */
export function apiDocuments(version: string): Record<string, string> {
  const pretty = (document: object) => `${JSON.stringify(document, null, 2)}\n`;
  return {
    'docs/api/openapi.json': pretty(openApiDocument({ version })),
    'docs/api/asyncapi.json': pretty(asyncApiDocument({ version })),
  };
}
