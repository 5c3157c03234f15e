import { posix } from 'node:path';
import { FEATURES, FOLLOWERS, isTest, WORKSPACES, ZONES, type Zone } from './import-rules';

/** Source text by path from the repository's root. */
export type SourceTree = ReadonlyMap<string, string>;

interface Import {
  /** The importing file. */
  from: string;
  specifier: string;
  /** The imported path without extension, if it is a file of this repository named by path. */
  target?: string;
}

/** What breaks the rules of `import-rules.ts`, one line each. */
export function importProblems(tree: SourceTree): string[] {
  const imports = [...tree]
    .filter(([path]) => !isTest(path))
    .flatMap(([path, source]) => importsOf(path, source));
  return [...imports.flatMap(problemsOf), ...featureCircles(imports)];
}

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const IMPORTS = [
  /^\s*(?:import|export)\s[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /^\s*import\s*['"]([^'"\n]+)['"]/gm,
  /\b(?:import|require)\(\s*['"]([^'"\n]+)['"]/g,
];

function importsOf(from: string, source: string): Import[] {
  const code = source.replace(COMMENTS, '');
  const specifiers = IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)].map(([, s]) => s));
  return specifiers
    .filter((specifier) => specifier !== undefined)
    .map((specifier) =>
      specifier.startsWith('.')
        ? { from, specifier, target: posix.join(posix.dirname(from), bare(specifier)) }
        : { from, specifier },
    );
}

const bare = (specifier: string): string => specifier.replace(/\.[cm]?[jt]sx?$/, '');

function zoneOf(path: string): Zone | undefined {
  const within = (zone: Zone) =>
    zone.path.endsWith('/') ? `${path}/`.startsWith(zone.path) : bare(zone.path) === bare(path);
  return ZONES.find(within);
}

function problemsOf(found: Import): string[] {
  const zone = zoneOf(found.from);
  if (!zone) return [];
  const complain = (why: string) => [`${found.from}: '${found.specifier}': ${why}`];
  if (found.target === undefined) return complainIf(packageFault(zone, found.specifier), complain);
  if (workspaceOf(found.from) !== workspaceOf(found.target)) {
    return complain('workspaces import each other by name');
  }
  return complainIf(
    zoneFault(zone, zoneOf(found.target)) ?? featureFault(zone, found.from, found.target),
    complain,
  );
}

function complainIf(fault: string | undefined, complain: (why: string) => string[]): string[] {
  return fault === undefined ? [] : complain(fault);
}

function packageFault(zone: Zone, specifier: string): string | undefined {
  const name = packageName(specifier);
  const workspace = WORKSPACES[name];
  if (workspace)
    return zoneFault(
      zone,
      ZONES.find((other) => other.name === workspace),
    );
  if (zone.packages === 'any') return undefined;
  const allowed = zone.packages.some((pattern) =>
    pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : pattern === name,
  );
  return allowed ? undefined : `${zone.name} may not import this package`;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function zoneFault(zone: Zone, target: Zone | undefined): string | undefined {
  if (!target || target.name === zone.name || zone.zones === 'all') return undefined;
  if (zone.zones.includes(target.name)) return undefined;
  return `${zone.name} may not import ${target.name}`;
}

const workspaceOf = (path: string): string =>
  path.startsWith('packages/') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? '');

/** The feature that a path lies in, and the rest of the path. */
function featureOf(path: string): { feature: string; inside: string } | undefined {
  if (!path.startsWith(FEATURES)) return undefined;
  const [feature = '', ...inside] = path.slice(FEATURES.length).split('/');
  return { feature, inside: inside.join('/') };
}

/** Writes build on each other past the indexes, so that the writer thread need not load whole features. */
const isWrites = (path: string): boolean => /(^|[/-])writes\.ts$/.test(path);

function featureFault(zone: Zone, from: string, to: string): string | undefined {
  const target = featureOf(to);
  if (!target || zone.zones === 'all') return undefined;
  if (featureOf(from)?.feature === target.feature) return undefined;
  if (FOLLOWERS.has(target.feature)) return `nobody imports ${target.feature}: it follows events`;
  if (target.inside === '' || target.inside === 'index') return undefined;
  if (isWrites(from) && target.inside === 'writes') return undefined;
  return `${target.feature} is entered through its index`;
}

/** Circles between features, each told once, starting at its alphabetically first member. */
function featureCircles(imports: readonly Import[]): string[] {
  const uses = new Map<string, Set<string>>();
  for (const { from, target } of imports) {
    const user = featureOf(from)?.feature;
    const used = target && featureOf(target)?.feature;
    if (!user || !used || user === used) continue;
    uses.set(user, (uses.get(user) ?? new Set()).add(used));
  }
  const circles = [...uses.keys()].sort().flatMap((start) => circleFrom(start, uses));
  return circles.map((circle) => `features in a circle: ${circle.join(' → ')}`);
}

/** The shortest way from a feature back to itself over features that sort after it. */
function circleFrom(start: string, uses: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const queue = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path; path = queue.shift()) {
    for (const next of [...(uses.get(path.at(-1) ?? '') ?? [])].sort()) {
      if (next === start) return [[...path, start]];
      if (next < start || seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return [];
}
