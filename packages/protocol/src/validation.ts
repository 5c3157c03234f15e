import type { z } from 'zod';
import type { FieldError } from './errors';
import { ConfabError } from './failure';
import { plainFault } from './plain-faults';

/** A client need not be told more faults than that at once. */
const MOST_FAULTS = 20;

/**
 * A value as a schema reads it.
 * @param subject what the value is, as a sentence begins: “The body”
 * @throws ConfabError `invalid` that names every field at fault
 */
export function validated<S extends z.ZodType>(
  schema: S,
  value: unknown,
  subject: string,
): z.output<S> {
  const result = schema.safeParse(value, { error: plainFault });
  if (result.success) return result.data;
  throw invalidInput(subject, fieldErrors(result.error));
}

/** The error for faults in what a client sent. */
export function invalidInput(subject: string, errors: FieldError[]): ConfabError {
  return new ConfabError('invalid', faultDetail(subject, errors), { errors });
}

function fieldErrors(error: z.core.$ZodError): FieldError[] {
  return error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
  }));
}

/** The first fault, and how many more fields have one. */
function faultDetail(subject: string, errors: readonly FieldError[]): string {
  const [first] = errors;
  if (!first) return `${subject} is not valid`;
  const more = new Set(errors.map(({ path }) => path)).size - 1;
  const rest =
    more === 0 ? '' : `; ${more} more ${more === 1 ? 'field is' : 'fields are'} not valid`;
  return `${whole(subject, first)}${rest}`;
}

/** A fault of the whole has no field to name: “must be an object”, or a rule over several fields. */
function whole(subject: string, { path, message }: FieldError): string {
  if (path === '' && /^(must|is) /.test(message)) return `${subject} ${message}`;
  return `${subject} is not valid: ${[path, message].filter(Boolean).join(' ')}`;
}
