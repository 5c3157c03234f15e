import { createECDH, randomBytes } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { type BrowserKeys, decryptPush } from './aes128gcm';
import { type FakeAnswer, type FakeRequest, type Fault, FaultyServer } from './faulty-server';

const SEND = /^\/send\//;

interface Browser extends BrowserKeys {
  readonly path: string;
  /** The server's key that the browser subscribed with. */
  readonly serverKey: string;
}

export interface PushedMessage {
  readonly path: string;
  readonly headers: FakeRequest['headers'];
  /** What the service worker gets. */
  readonly content: Record<string, unknown>;
}

/** What `PushSubscription.toJSON()` gives. */
export interface SubscriptionJson {
  readonly endpoint: string;
  readonly expirationTime: null;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** A push service (RFC 8030) together with the browsers that subscribe there. */
export class FakePushService {
  readonly #server: FaultyServer;
  readonly #now: () => number;
  readonly #browsers = new Map<string, Browser>();
  /** What reached browsers, decrypted, in order. */
  readonly messages: PushedMessage[] = [];
  /** Why something was refused that should not have been. */
  readonly complaints: string[] = [];

  private constructor(server: FaultyServer, now: () => number) {
    this.#server = server;
    this.#now = now;
  }

  static async start(now: () => number): Promise<FakePushService> {
    const server = await FaultyServer.start((request) => service.#answer(request));
    const service: FakePushService = new FakePushService(server, now);
    return service;
  }

  get url(): string {
    return this.#server.url;
  }

  /** A browser subscribes with a server's public key. */
  subscribe(serverKey: string): SubscriptionJson {
    const ecdh = createECDH('prime256v1');
    const p256dh = ecdh.generateKeys().toString('base64url');
    const auth = randomBytes(16);
    const path = `/send/${randomBytes(24).toString('base64url')}`;
    this.#browsers.set(path, { ecdh, auth, path, serverKey });
    return {
      endpoint: this.url + path,
      expirationTime: null,
      keys: { p256dh, auth: auth.toString('base64url') },
    };
  }

  /** A browser takes its subscription back, without telling the server. */
  unsubscribe({ endpoint }: SubscriptionJson): void {
    this.#browsers.delete(new URL(endpoint).pathname);
  }

  failSends = (...faults: Fault[]): void => this.#server.failNext(SEND, ...faults);

  /** Requests so far, those that met faults included. */
  get sendCount(): number {
    return this.#server.count(SEND);
  }

  sendsCounted = (count: number): Promise<void> => this.#server.counted(SEND, count);

  async #answer(request: FakeRequest): Promise<FakeAnswer> {
    const browser = this.#browsers.get(request.path);
    if (!browser) return { status: 410, body: 'push subscription has unsubscribed or expired' };
    try {
      await this.#checkVapid(request.headers.authorization ?? '', browser);
      checkHeaders(request);
      const content = JSON.parse(decryptPush(request.body, browser));
      this.messages.push({ path: request.path, headers: request.headers, content });
    } catch (error) {
      this.complaints.push(String(error));
      return { status: 403, body: String(error) };
    }
    return { status: 201, headers: { location: `${this.url}/message/1` } };
  }

  /** RFC 8292. */
  async #checkVapid(header: string, { serverKey }: Browser) {
    const [, token = '', key = ''] = /^vapid t=([^,\s]+), ?k=([\w-]+)$/.exec(header) ?? [];
    if (key !== serverKey) throw new Error('Another key than the subscription was made with');
    const now = this.#now();
    const { payload } = await jwtVerify(token, await publicKey(key), {
      algorithms: ['ES256'],
      audience: this.url,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'sub'],
    });
    if (Number(payload.exp) * 1000 - now > 86_400_000) throw new Error('Good for over a day');
    if (!/^(mailto:.+@|https:\/\/)/.test(payload.sub ?? '')) throw new Error('No contact');
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

function publicKey(key: string) {
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)];
  const coordinates = { x: x.toString('base64url'), y: y.toString('base64url') };
  return importJWK({ kty: 'EC', crv: 'P-256', ...coordinates }, 'ES256');
}

function checkHeaders({ method, headers, body }: FakeRequest) {
  if (method !== 'POST') throw new Error('POST only');
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error('Not aes128gcm');
  if (!/^\d+$/.test(headers.ttl ?? '')) throw new Error('TTL is missing');
  if (!/^[\w-]{1,32}$/.test(headers.topic ?? '')) throw new Error('Topic is wrong');
  if (body.length > 4096) throw new Error('Over 4096 bytes');
}
