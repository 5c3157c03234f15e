import { nearest } from '../lib/nearest';
import { SETTINGS } from './settings';

/** Settings that documents of this protocol name and that this program does not have. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  REDIS_URL: 'this version runs as one process and does not use it',
};

const PREFIX = 'CONFAB_';
const NAMES = Object.keys(SETTINGS);

/** What of the environment somebody may rely on in vain, a sentence each. Nothing of its values. */
export function settingWarnings(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== '' && !NAMES.includes(name))
    .flatMap((name) => warning(name) ?? [])
    .sort();
}

function warning(name: string): string | undefined {
  const reason = WITHOUT_EFFECT[name];
  if (reason !== undefined) return `${name} is set, but ${reason}`;
  const meant = meantBy(name);
  if (meant !== undefined) return `${name} is set, but is no setting; is ${meant} meant?`;
  if (!name.startsWith(PREFIX)) return undefined;
  return `${name} is set, but is no setting; --help lists them all`;
}

function meantBy(name: string): string | undefined {
  const [same] = nearest(name, NAMES);
  if (same !== undefined || !name.startsWith(PREFIX)) return same;
  const bare = name.slice(PREFIX.length);
  return NAMES.includes(bare) ? bare : nearest(bare, NAMES)[0];
}
