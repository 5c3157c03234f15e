import type { Media, MediaId } from '@confab/protocol';
import type { Rest } from '../rest/rest';
import type { Runtime } from '../runtime';

interface Link {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A link that ends sooner is not given away any more, milliseconds. */
const MARGIN_MS = 30_000;
const MOST = 1_000;

/** Addresses of files that pages can load, each asked for once as long as it is good. */
export class MediaLinks {
  readonly #rest: Rest;
  readonly #runtime: Pick<Runtime, 'now'>;
  readonly #links = new Map<string, Promise<Link>>();

  constructor(rest: Rest, runtime: Pick<Runtime, 'now'>) {
    this.#rest = rest;
    this.#runtime = runtime;
  }

  original({ id }: Pick<Media, 'id'>, download: boolean): Promise<string> {
    return this.#url(`${id} original ${download}`, id, {
      variant: 'original',
      ...(download ? { download: true } : {}),
    });
  }

  thumbnail({ id }: Pick<Media, 'id'>): Promise<string> {
    return this.#url(`${id} thumbnail`, id, { variant: 'thumbnail' });
  }

  /** They are good for one session alone. */
  clear(): void {
    this.#links.clear();
  }

  async #url(
    key: string,
    media_id: MediaId,
    query: { variant: 'original' | 'thumbnail'; download?: boolean },
  ): Promise<string> {
    for (let held = this.#links.get(key); held; held = this.#links.get(key)) {
      const known = await held.catch(() => null);
      if (known && known.expiresAt - MARGIN_MS > this.#runtime.now()) return known.url;
      // Else somebody asked anew meanwhile.
      if (this.#links.get(key) === held) break;
    }
    const asked = this.#ask(media_id, query);
    this.#keep(key, asked);
    return (await asked).url;
  }

  async #ask(
    media_id: MediaId,
    query: { variant: 'original' | 'thumbnail'; download?: boolean },
  ): Promise<Link> {
    const link = await this.#rest.call('mediaLink', { params: { media_id }, query });
    return { url: this.#rest.address(link.url), expiresAt: Date.parse(link.expires_at) };
  }

  #keep(key: string, link: Promise<Link>): void {
    this.#links.delete(key);
    this.#links.set(key, link);
    const [oldest] = this.#links.keys();
    if (this.#links.size > MOST && oldest !== undefined) this.#links.delete(oldest);
    link.catch(() => this.#links.get(key) === link && this.#links.delete(key));
  }
}
