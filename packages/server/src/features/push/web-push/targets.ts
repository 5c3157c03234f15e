import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../../../lib/clock';
import { isPublicAddress } from '../../../lib/public-address';

/** A name's addresses. Rejects when it has none or the question is not answered. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
};

/** Where to post, or why not to. */
export type Target =
  | {
      readonly kind: 'target';
      /** To be tried in turn: a machine may have no way out by one of the two protocols. */
      readonly urls: readonly string[];
      readonly serverName: string | undefined;
    }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unknown' };

/** A name that takes longer to resolve counts as unknown. */
const LOOKUP_MS = 5000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Which addresses the server posts notifications to. Users name them, so a server on the internet
 * must not be talked into posting to its own network.
 */
export class Targets {
  readonly #allowsThisMachine: boolean;
  readonly #resolve: Resolve;
  readonly #clock: Clock;

  /** @param allowsThisMachine for tests, whose push services are on it */
  constructor(allowsThisMachine: boolean, resolve: Resolve, clock: Clock) {
    this.#allowsThisMachine = allowsThisMachine;
    this.#resolve = resolve;
    this.#clock = clock;
  }

  /** What is wrong with an endpoint by its text alone. */
  fault(endpoint: string): string | undefined {
    const url = URL.parse(endpoint);
    if (!url) return 'must be a URL';
    if (url.username !== '' || url.password !== '') return 'must not hold a password';
    const isLocalTest =
      this.#allowsThisMachine && url.protocol === 'http:' && LOOPBACK.test(url.hostname);
    if (url.protocol !== 'https:' && !isLocalTest) return 'must be an https URL';
    return undefined;
  }

  /**
   * Finds the address to connect to. It is one of the public internet (or, in tests, this machine by
   * name), and what is connected to is this very address: asked again, the name
   * might give another.
   */
  async locate(endpoint: string): Promise<Target> {
    if (this.fault(endpoint) !== undefined) return { kind: 'forbidden' };
    const url = new URL(endpoint);
    if (this.#allowsThisMachine && LOOPBACK.test(url.hostname)) {
      return { kind: 'target', urls: [endpoint], serverName: undefined };
    }
    const addresses = await this.#addressesOf(url.hostname);
    if (addresses.length === 0) return { kind: 'unknown' };
    const open = addresses.filter(isPublicAddress);
    return open.length === 0 ? { kind: 'forbidden' } : pinned(url, open);
  }

  async #addressesOf(hostname: string): Promise<readonly string[]> {
    const literal = hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) return [literal];
    const late = Promise.withResolvers<readonly string[]>();
    const cancel = this.#clock.after(LOOKUP_MS, () => late.resolve([]));
    const found = this.#resolve(hostname).catch(() => []);
    return Promise.race([found, late.promise]).finally(cancel);
  }
}

/** One address of each protocol, and the name that its certificate must have. */
function pinned(url: URL, addresses: readonly string[]): Target {
  const isNamed = isIP(url.hostname) === 0 && !url.hostname.startsWith('[');
  const found = [4, 6].map((family) => addresses.find((address) => isIP(address) === family));
  return {
    kind: 'target',
    urls: found.filter((address) => address !== undefined).map((address) => at(url, address)),
    serverName: isNamed ? url.hostname : undefined,
  };
}

function at(url: URL, address: string): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  const port = url.port === '' ? '' : `:${url.port}`;
  return `https://${host}${port}${url.pathname}${url.search}`;
}
