import type { z } from 'zod';
import type { ErrorCode } from './errors';

export type Method = 'get' | 'post' | 'put' | 'delete';

/**
 * One REST call of the contract. The server's router and validators, the OpenAPI document and the
 * SDK's types all come from this description, so that they cannot disagree.
 */
export interface Endpoint {
  readonly method: Method;
  /** Path with `{name}` for its parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Whether it needs `Authorization: Bearer`. */
  readonly auth: boolean;
  /** Only for those with the server role `admin`; everybody else gets `forbidden`. */
  readonly admin?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Bytes that the body may have; `LIMITS.bodyBytes` when absent. */
  readonly bodyBytes?: number;
  /** The body may also come as `application/x-www-form-urlencoded`. */
  readonly form?: boolean;
  /** The media type of a body that is no JSON: its handler reads it as it comes. */
  readonly consumes?: string;
  /** The parts of a multipart body. */
  readonly parts?: Readonly<Record<string, Part>>;
  /** The answer's status when all went well, and its body if it has one. */
  readonly status: number;
  readonly response?: z.ZodType;
  /** The media type of an answer that is no JSON: its handler gives the whole answer. */
  readonly produces?: string;
  /** A second good status with the same body, such as 200 for a thing that was there already. */
  readonly otherStatus?: number;
  readonly errors: readonly ErrorCode[];
}

/** A part of a multipart body: a file, or a field of text. */
interface Part {
  readonly description: string;
  readonly binary: boolean;
  readonly required?: boolean;
}

/** Keeps the literal types, from which the SDK's and the handlers' types are made. */
export const endpoint = <const E extends Endpoint>(definition: E): E => definition;

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;
type Input<T> = T extends z.ZodType ? z.input<T> : undefined;

export type EndpointParams<E extends Endpoint> = Output<E['params']>;
export type EndpointQuery<E extends Endpoint> = Output<E['query']>;
export type EndpointBody<E extends Endpoint> = Output<E['body']>;
export type EndpointResponse<E extends Endpoint> = Output<E['response']>;
export type EndpointQueryInput<E extends Endpoint> = Input<E['query']>;
export type EndpointBodyInput<E extends Endpoint> = Input<E['body']>;
