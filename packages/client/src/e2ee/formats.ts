import { z } from 'zod';
import { Refusal, readOr } from './errors';

/** A number of the server: a chat, a user. */
export const ServerId = z.int().positive();
export const Count = z.int().nonnegative();
/** Milliseconds since 1970. */
export const Time = z.int().nonnegative();
/** base64url of so many bytes; whether it is canonical, `fromBase64Url` says. */
export const base64UrlOf = (bytes: number) =>
  z.string().regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}$`));
export const Base64Url = z.string().regex(/^[\w-]+$/);
/** A device's id: 16 random bytes. */
export const DeviceId = base64UrlOf(16);
export const Digest = base64UrlOf(32);
export const SigningKey = base64UrlOf(32);
export const Signature = base64UrlOf(64);
export const MessageUuid = z.uuid().regex(/^[0-9a-f-]+$/);

/**
 * Reads a JSON text of which `v` must be the version that is known here.
 * @throws Refusal `unsupported_version` or `malformed`
 */
export function parseVersioned<T>(what: string, schema: z.ZodType<T>, text: string): T {
  const value = parseJson(what, text);
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version > 1) {
    throw new Refusal('unsupported_version', `${what} is of version ${version}; update this app`);
  }
  return parse(what, schema, value);
}

export function parse<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal('malformed', `${what} is not well-formed`, result.error);
}

export function parseJson(what: string, text: string): unknown {
  return readOr(what, () => JSON.parse(text));
}
