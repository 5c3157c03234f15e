import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Resource } from './resource';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The picture that ReDoc fetches from its makers' host. */
const FOREIGN_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

/** Everything below /docs/assets/, by file name. */
export const ASSETS: Readonly<Record<string, Resource>> = {
  'swagger-ui.css': fromPackage('swagger-ui-dist', 'swagger-ui.css'),
  'swagger-ui-bundle.js': fromPackage('swagger-ui-dist', 'swagger-ui-bundle.js'),
  'swagger-init.js': own('swagger-init.js'),
  'redoc.standalone.js': {
    ...fromPackage('redoc', 'bundles/redoc.standalone.js'),
    load: async () => {
      const bundle = await readFile(inPackage('redoc', 'bundles/redoc.standalone.js'), 'utf8');
      return bundle.replaceAll(FOREIGN_LOGO, '/docs/assets/icon.svg');
    },
  },
  'redoc-init.js': own('redoc-init.js'),
  'pages.css': own('pages.css'),
  'events.css': own('events.css'),
  'icon.svg': own('icon.svg'),
};

function own(file: string): Resource {
  return { type: typeOf(file), load: () => readFile(new URL(`./assets/${file}`, import.meta.url)) };
}

function fromPackage(name: string, file: string): Resource {
  return { type: typeOf(file), load: () => readFile(inPackage(name, file)) };
}

function inPackage(name: string, file: string): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve(`${name}/package.json`)), file);
}

function typeOf(file: string): string {
  return TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
