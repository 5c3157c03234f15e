import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { type FakeAnswer, type FakeRequest, type Fault, FaultyServer, json } from './faulty-server';
import { type FcmMessage, isTooBig, SendRequest } from './fcm-schema';

const PROJECT = 'confab-test';
const ACCOUNT = 'push@confab-test.iam.gserviceaccount.com';
const KEY_ID = 'key-1';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const TOKEN = /^\/token$/;
const SEND = /messages:send$/;

// Made once: it takes the better part of a second.
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An error as Google's APIs give it. */
export function googleError(
  status: number,
  word: string,
  message: string,
  details: object[] = [],
): FakeAnswer {
  return json(status, { error: { code: status, message, status: word, details } });
}

const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/** What FCM says, by its error code. */
export const FCM_ANSWERS = {
  unregistered: googleError(404, 'NOT_FOUND', 'Requested entity was not found.', [
    { '@type': FCM_ERROR, errorCode: 'UNREGISTERED' },
  ]),
  badToken: googleError(400, 'INVALID_ARGUMENT', 'The registration token is not valid', [
    { '@type': FCM_ERROR, errorCode: 'INVALID_ARGUMENT' },
    { '@type': BAD_REQUEST, fieldViolations: [{ field: 'message.token', description: 'Invalid' }] },
  ]),
  badMessage: googleError(400, 'INVALID_ARGUMENT', 'Invalid value at message.android.ttl', [
    { '@type': FCM_ERROR, errorCode: 'INVALID_ARGUMENT' },
    { '@type': BAD_REQUEST, fieldViolations: [{ field: 'message.android.ttl' }] },
  ]),
  otherProject: googleError(403, 'PERMISSION_DENIED', 'SenderId mismatch', [
    { '@type': FCM_ERROR, errorCode: 'SENDER_ID_MISMATCH' },
  ]),
  noApnsKey: googleError(401, 'UNAUTHENTICATED', 'Auth error from APNS or Web Push Service', [
    { '@type': FCM_ERROR, errorCode: 'THIRD_PARTY_AUTH_ERROR' },
  ]),
  unauthenticated: googleError(401, 'UNAUTHENTICATED', 'Request had invalid credentials.'),
  internal: googleError(500, 'INTERNAL', 'Internal error encountered.', [
    { '@type': FCM_ERROR, errorCode: 'INTERNAL' },
  ]),
} as const;

export const fault = (answer: FakeAnswer, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  ...answer,
  headers: { ...answer.headers, ...headers },
});

/** Google's OAuth and FCM HTTP v1, as far as a server that sends can tell. */
export class FakeGoogle {
  readonly #server: FaultyServer;
  readonly #now: () => number;
  readonly #issued = new Map<string, number>();
  readonly #unregistered = new Set<string>();
  readonly #key: KeyObject;
  /** What was taken, in order. */
  readonly messages: FcmMessage[] = [];
  /** Why something was refused that should not have been. */
  readonly complaints: string[] = [];

  private constructor(server: FaultyServer, now: () => number) {
    this.#server = server;
    this.#now = now;
    this.#key = keys.publicKey;
  }

  static async start(now: () => number): Promise<FakeGoogle> {
    const server = await FaultyServer.start((request) => google.#answer(request));
    const google: FakeGoogle = new FakeGoogle(server, now);
    return google;
  }

  get url(): string {
    return this.#server.url;
  }

  /** The service account's key file. */
  credentials(changes: Record<string, unknown> = {}): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: PROJECT,
      private_key_id: KEY_ID,
      private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: ACCOUNT,
      token_uri: `${this.url}/token`,
      ...changes,
    });
  }

  failTokens = (...faults: Fault[]): void => this.#server.failNext(TOKEN, ...faults);
  failSends = (...faults: Fault[]): void => this.#server.failNext(SEND, ...faults);

  /** Requests so far, those that met faults included. */
  get tokenCount(): number {
    return this.#server.count(TOKEN);
  }

  get sendCount(): number {
    return this.#server.count(SEND);
  }

  sendsCounted = (count: number): Promise<void> => this.#server.counted(SEND, count);

  /** The app on this device is gone. */
  unregister(token: string): void {
    this.#unregistered.add(token);
  }

  /** As when the account's keys are changed: what was issued is good no more. */
  revokeTokens(): void {
    this.#issued.clear();
  }

  async #answer(request: FakeRequest): Promise<FakeAnswer> {
    if (request.method !== 'POST') return googleError(405, 'UNIMPLEMENTED', 'POST only');
    if (TOKEN.test(request.path)) return this.#exchange(request);
    if (request.path === `/v1/projects/${PROJECT}/messages:send`) return this.#send(request);
    return this.#refuse(googleError(404, 'NOT_FOUND', `Nothing at ${request.path}`));
  }

  #refuse(answer: FakeAnswer): FakeAnswer {
    this.complaints.push(answer.body ?? '');
    return answer;
  }

  /** RFC 7523: the assertion must be the account's own, for this endpoint, and fresh. */
  async #exchange({ body }: FakeRequest): Promise<FakeAnswer> {
    const form = new URLSearchParams(body.toString());
    try {
      if (form.get('grant_type') !== GRANT) throw new Error('unsupported_grant_type');
      await this.#checkAssertion(form.get('assertion') ?? '');
    } catch (error) {
      return this.#refuse(json(400, { error: 'invalid_grant', error_description: `${error}` }));
    }
    const access_token = `ya29.${crypto.randomUUID()}`;
    this.#issued.set(access_token, this.#now() + 3_599_000);
    return json(200, { access_token, expires_in: 3599, token_type: 'Bearer' });
  }

  async #checkAssertion(assertion: string) {
    const { payload, protectedHeader } = await jwtVerify(assertion, this.#key, {
      algorithms: ['RS256'],
      issuer: ACCOUNT,
      audience: `${this.url}/token`,
      currentDate: new Date(this.#now()),
      requiredClaims: ['iat', 'exp'],
    });
    if (protectedHeader.kid !== KEY_ID) throw new Error('unknown key');
    if (payload.scope !== SCOPE) throw new Error('invalid_scope');
    if (Number(payload.exp) - Number(payload.iat) > 3600) throw new Error('longer than an hour');
  }

  #send(request: FakeRequest): FakeAnswer {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((this.#issued.get(bearer) ?? 0) <= this.#now()) return FCM_ANSWERS.unauthenticated;
    const read = SendRequest.safeParse(JSON.parse(request.body.toString()));
    if (!read.success) {
      return this.#refuse(googleError(400, 'INVALID_ARGUMENT', read.error.message));
    }
    const { message } = read.data;
    if (isTooBig(message)) {
      return this.#refuse(googleError(400, 'INVALID_ARGUMENT', 'Android message is too big'));
    }
    if (this.#unregistered.has(message.token)) return FCM_ANSWERS.unregistered;
    this.messages.push(message);
    return json(200, { name: `projects/${PROJECT}/messages/0:${this.messages.length}` });
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
