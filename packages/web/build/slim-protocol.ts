import * as protocol from '@confab/protocol';
import type { BunPlugin } from 'bun';

/** What of a call the SDK reads: its schemas serve the server, and would be half of the page's script. */
const READ = ['method', 'path', 'auth', 'admin', 'bodyBytes', 'form', 'consumes', 'produces'];

function slim(endpoint: object): object {
  const kept = Object.entries(endpoint).filter(([name]) => READ.includes(name));
  // Whether there is a body is all that is left of its schema.
  return Object.fromEntries('body' in endpoint ? [...kept, ['body', {}]] : kept);
}

const endpoints = () =>
  Object.fromEntries(
    Object.entries(protocol.ENDPOINTS).map(([name, endpoint]) => [name, slim(endpoint)]),
  );

/** The protocol without its schemas: constants, and the calls' methods and paths. */
function source(): string {
  const constants = { ENDPOINTS: endpoints(), LIMITS: protocol.LIMITS, RATES: protocol.RATES };
  const { ERRORS, SUBPROTOCOL } = protocol;
  const all = { ...constants, ERRORS, SUBPROTOCOL };
  const lines = Object.entries(all).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};`,
  );
  const codes = JSON.stringify(Bun.resolveSync('@confab/protocol', import.meta.dir));
  return [...lines, `export { CLOSE, closeReaction } from ${closeCodes(codes)};`].join('\n');
}

const closeCodes = (index: string) => index.replace('index.ts', 'close-codes.ts');

/**
 * Gives the SDK's own files the protocol without schemas. The encryption, which checks what it reads by
 * them and is loaded when it is needed, gets it whole.
 */
export const slimProtocol: BunPlugin = {
  name: 'slim-protocol',
  setup(build) {
    build.onResolve({ filter: /^@confab\/protocol$/ }, ({ importer }) =>
      importer.includes('/e2ee/') ? undefined : { path: 'protocol', namespace: 'slim' },
    );
    build.onLoad({ filter: /.*/, namespace: 'slim' }, () => ({ contents: source(), loader: 'js' }));
  },
};
