import { z } from 'zod';

type Issue = z.core.$ZodRawIssue;
type Of<Code extends Issue['code']> = Extract<Issue, { code: Code }>;

/** What a value must be, by the word that the validator has for its type. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  tuple: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  null: 'must be null',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'is not an e-mail address',
  url: 'is not a URL',
  uuid: 'is not a UUID',
  datetime: 'must be a date and time such as 2026-11-20T12:00:00.000Z',
  date: 'must be a date such as 2026-11-20',
  base64: 'is not base64',
  base64url: 'is not base64url',
};

/** Of things that have a size: how it is counted. */
const UNITS: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'item',
  tuple: 'item',
  set: 'item',
  map: 'entry',
  record: 'entry',
};

/**
 * The words for what a validator finds, made so that they go on after the name of a field. A schema
 * that brings words of its own keeps them.
 */
export function plainFault(issue: Issue): string {
  if (issue.input === undefined && isAbsence(issue)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return type(issue as Of<'invalid_type'>);
    case 'invalid_value':
      return choice(issue as Of<'invalid_value'>);
    case 'too_big':
      return tooBig(issue as Of<'too_big'>);
    case 'too_small':
      return tooSmall(issue as Of<'too_small'>);
    case 'invalid_format':
      return FORMATS[String(issue.format)] ?? 'does not have the right form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not a key that is allowed here';
    case 'unrecognized_keys':
      return 'has fields that are not known';
    case 'invalid_union':
      return union(issue as Of<'invalid_union'>);
    default:
      return 'is not valid';
  }
}

const isAbsence = ({ code }: Issue) =>
  ['invalid_type', 'invalid_value', 'invalid_union'].includes(code);

function type(issue: Of<'invalid_type'>): string {
  return numberRange(issue) ?? TYPES[issue.expected] ?? 'is of the wrong type';
}

function choice({ values }: Of<'invalid_value'>): string {
  const words = values.map(String).join(', ');
  return values.length === 1 ? `must be ${words}` : `must be one of: ${words}`;
}

function tooBig(issue: Of<'too_big'>): string {
  const { origin, maximum } = issue;
  if (!(origin in UNITS)) return numberRange(issue) ?? `must be at most ${maximum}`;
  return `must have ${issue.exact ? 'exactly' : 'at most'} ${sized(origin, maximum)}`;
}

function tooSmall(issue: Of<'too_small'>): string {
  const { origin, minimum } = issue;
  if (!(origin in UNITS)) return numberRange(issue) ?? `must be at least ${minimum}`;
  if (Number(minimum) === 1 && !issue.exact) return 'must not be empty';
  return `must have ${issue.exact ? 'exactly' : 'at least'} ${sized(origin, minimum)}`;
}

function sized(origin: string, count: number | bigint): string {
  const unit = UNITS[origin] ?? 'item';
  if (Number(count) === 1) return `1 ${unit}`;
  return `${count} ${unit === 'entry' ? 'entries' : `${unit}s`}`;
}

/** All that a number must be, whichever of it was not. */
function numberRange(issue: Issue): string | undefined {
  const schema = issue.schema ?? issue.inst;
  if (!(schema instanceof z.ZodNumber)) return undefined;
  const kind = schema.isInt ? 'a whole number' : 'a number';
  const min = bound(schema.minValue);
  const max = bound(schema.maxValue);
  if (min !== undefined && max !== undefined) return `must be ${kind} from ${min} to ${max}`;
  if (min !== undefined) return `must be ${kind} of at least ${min}${tooLong(issue)}`;
  if (max !== undefined) return `must be ${kind} of at most ${max}`;
  return `must be ${kind}${tooLong(issue)}`;
}

/** The bounds that all whole numbers have are none of a field's own. */
const bound = (value: number | null) =>
  value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;

const tooLong = ({ code }: Issue) => (code === 'too_big' ? ' and below 2^53' : '');

/** Where each of several forms was refused: what the first of them asks for, or its choice. */
function union({ errors }: Of<'invalid_union'>): string {
  const messages = new Set(errors.flatMap((issues) => issues.map(({ message }) => message)));
  return messages.size === 0 ? 'has a form that is not allowed' : [...messages].join(', or ');
}
