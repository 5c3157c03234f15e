import { BlockList, isIP } from 'node:net';
import { SettingsError } from '../config/settings';

/** Tells a client's address, believing X-Forwarded-For only from proxies that are trusted. */
export class ClientAddresses {
  readonly #trusted = new BlockList();

  /** @throws SettingsError when an entry is neither an address nor a CIDR range */
  constructor(proxies: readonly string[]) {
    for (const proxy of proxies) this.#trust(proxy);
  }

  #trust(proxy: string) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    const badBits = bits !== undefined && !(bits >= 0 && bits <= (family === 4 ? 32 : 128));
    if (family === 0 || badBits) {
      throw new SettingsError(`TRUSTED_PROXIES has "${proxy}", which is no address or CIDR range`);
    }
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) this.#trusted.addAddress(address, type);
    else this.#trusted.addSubnet(address, bits, type);
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#trusted.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * Where the client finds this server, such as `https://chat.example.org`. What X-Forwarded-Proto
   * and X-Forwarded-Host say is believed from trusted proxies only.
   */
  originFor(peer: string, { headers }: Request): string {
    const isProxied = this.#isTrusted(plain(peer));
    const said = (name: string) =>
      isProxied ? headers.get(name)?.split(',')[0]?.trim().toLowerCase() : undefined;
    const host = said('x-forwarded-host') ?? headers.get('host') ?? '';
    const scheme = said('x-forwarded-proto') === 'https' ? 'https' : 'http';
    return HOST.test(host) ? `${scheme}://${host}` : 'https://THIS_SERVER';
  }

  /** The nearest address that is not a trusted proxy's. */
  of(peer: string, forwardedFor: string | null): string {
    let address = plain(peer);
    const hops = (forwardedFor ?? '').split(',').map((hop) => plain(hop.trim()));
    while (this.#isTrusted(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  }
}

const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/i;

/** An IPv4 address that came through an IPv6 socket is that IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
