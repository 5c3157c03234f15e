/** `npm run generate`: writes the API documents into docs/api, for readers of the repository. */
import { dirname, resolve } from 'node:path';
import { version } from '../package.json';
import { apiDocuments } from './api-documents';

const root = dirname(import.meta.dir);
for (const [path, text] of Object.entries(apiDocuments(version))) {
  await Bun.write(resolve(root, path), text);
  console.log(`${path}: ${text.length.toLocaleString('en')} bytes`);
}
