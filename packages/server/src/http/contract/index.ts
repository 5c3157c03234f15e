import type {
  Endpoint,
  EndpointBody,
  EndpointParams,
  EndpointQuery,
  EndpointResponse,
} from '@confab/protocol';

/** Who makes a request or sends a frame: the token's claims, checked against a living session. */
export interface Caller {
  readonly userId: number;
  readonly sessionId: number;
  /** What opens the account key, sealed, if a password signed in. */
  readonly unlock?: string;
}

export interface RequestInfo {
  /** The client's address, through trusted proxies. */
  readonly ip: string;
  readonly userAgent: string;
}

/** A handler's answer when it takes the endpoint's other good status, such as 200 for 201. */
export class Other<T> {
  readonly body: T;
  constructor(body: T) {
    this.body = body;
  }
}

export interface HandlerInput<E extends Endpoint> {
  /** Undefined on endpoints that need no token. */
  readonly caller: E['auth'] extends true ? Caller : undefined;
  readonly params: EndpointParams<E>;
  readonly query: EndpointQuery<E>;
  readonly body: EndpointBody<E>;
  readonly request: RequestInfo;
  /** The request as it came, for bodies and headers that the contract leaves to the handler. */
  readonly raw: Request;
}

/** An endpoint without a body ignores what its handler gives. */
type Answer<E extends Endpoint> = E['produces'] extends string
  ? Response
  : E['response'] extends object
    ? EndpointResponse<E> | Other<EndpointResponse<E>>
    : unknown;

export type Handler<E extends Endpoint> = (
  input: HandlerInput<E>,
) => Promise<Answer<E>> | Answer<E>;

/** Binds the contract's endpoints to handlers; parsing, checking and answering are the router's. */
export interface Router {
  on<E extends Endpoint>(endpoint: E, handler: Handler<E>): void;
  /** For protocols of others: the handler reads and answers by itself. */
  raw(method: string, path: string, handler: () => Response): void;
  /** The same, for those who are signed in. @param headers of every answer, also of refusals */
  rawSigned(
    method: string,
    path: string,
    handler: RawHandler,
    headers: Readonly<Record<string, string>>,
  ): void;
}

export interface RawInput {
  readonly caller: Caller;
  readonly raw: Request;
  readonly param: (name: string) => string | undefined;
}

export type RawHandler = (input: RawInput) => Promise<Response>;
