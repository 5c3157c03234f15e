/**
 * Who may import what. Imports point one way:
 *
 *     protocol ← storage, realtime ← features ← http, gateway ← app
 *
 * A file belongs to the first zone whose `path` it lies in. Tests may import anything.
 */
export interface Zone {
  readonly name: string;
  /** A folder (with `/` at its end) or a file, from the repository's root. */
  readonly path: string;
  /** Names of the zones it may import; its own is always allowed. */
  readonly zones: readonly string[] | 'all';
  /** Packages it may import, `node:*` for all of a prefix. Workspaces are zones, not packages. */
  readonly packages: readonly string[] | 'any';
}

const BASE = ['protocol', 'lib', 'config', 'observability'] as const;
const INFRASTRUCTURE = [...BASE, 'storage', 'realtime'] as const;
const SERVER = 'packages/server/src/';

/** The only part of `http/` that features see: helpers that bind an endpoint to a handler. */
export const HTTP_CONTRACT = `${SERVER}http/contract/`;
/** Where features live, one folder each, entered through its `index`. */
export const FEATURES = `${SERVER}features/`;
/** Features that follow events: only the composition knows them. */
export const FOLLOWERS: ReadonlySet<string> = new Set(['notifications', 'search']);

export const ZONES: readonly Zone[] = [
  { name: 'protocol', path: 'packages/protocol/src/', zones: [], packages: ['zod'] },
  {
    name: 'terminal',
    path: 'packages/client/src/terminal/',
    zones: ['client', 'e2ee', 'protocol'],
    packages: ['node:*'],
  },
  {
    name: 'e2ee',
    path: 'packages/client/src/e2ee/',
    zones: ['client', 'protocol'],
    packages: ['hash-wasm', 'jose', 'minisearch', 'zod'],
  },
  { name: 'client', path: 'packages/client/src/', zones: ['protocol'], packages: ['node:*'] },
  {
    name: 'web',
    path: 'packages/web/src/',
    zones: ['client', 'e2ee', 'protocol'],
    packages: 'any',
  },
  { name: 'bench', path: 'bench/', zones: [], packages: 'any' },
  { name: 'lib', path: `${SERVER}lib/`, zones: ['protocol'], packages: 'any' },
  { name: 'config', path: `${SERVER}config/`, zones: ['protocol', 'lib'], packages: 'any' },
  {
    name: 'observability',
    path: `${SERVER}observability/`,
    zones: ['protocol', 'lib', 'config'],
    packages: 'any',
  },
  {
    name: 'writer thread',
    path: `${SERVER}storage/writer-thread.ts`,
    zones: 'all',
    packages: 'any',
  },
  { name: 'storage', path: `${SERVER}storage/`, zones: BASE, packages: 'any' },
  {
    name: 'gateway',
    path: `${SERVER}realtime/gateway/`,
    zones: [...INFRASTRUCTURE, 'features'],
    packages: 'any',
  },
  {
    name: 'gateway',
    path: `${SERVER}gateway/`,
    zones: [...INFRASTRUCTURE, 'features'],
    packages: 'any',
  },
  { name: 'realtime', path: `${SERVER}realtime/`, zones: [...BASE, 'storage'], packages: 'any' },
  // Decoders of media are never loaded by the process that serves sockets.
  {
    name: 'processing child',
    path: `${FEATURES}media/processing/child/`,
    zones: ['protocol', 'lib', 'features'],
    packages: 'any',
  },
  {
    name: 'processing child',
    path: `${FEATURES}media/processing/child-main.ts`,
    zones: ['protocol', 'lib', 'features'],
    packages: 'any',
  },
  {
    name: 'features',
    path: FEATURES,
    zones: [...INFRASTRUCTURE, 'http contract'],
    packages: 'any',
  },
  { name: 'http contract', path: HTTP_CONTRACT, zones: BASE, packages: 'any' },
  {
    name: 'http',
    path: `${SERVER}http/`,
    zones: [...INFRASTRUCTURE, 'features', 'http contract', 'gateway'],
    packages: 'any',
  },
  { name: 'app', path: SERVER, zones: 'all', packages: 'any' },
  { name: 'scripts', path: 'scripts/', zones: 'all', packages: 'any' },
];

/** The zone that each workspace's name stands for. */
export const WORKSPACES: Readonly<Record<string, string>> = {
  '@confab/protocol': 'protocol',
  '@confab/client': 'client',
  '@confab/server': 'app',
  '@confab/bench': 'bench',
  '@confab/web': 'web',
};

/** Files that may import anything. */
export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || /(^|\/)(test|testing|tests)\//.test(path);
