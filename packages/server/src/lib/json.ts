import { ConfabError } from '@confab/protocol/failure';

/** Deeper than anything that the contract knows. */
const MAX_DEPTH = 100;
/** Shorter text is parsed before one could look at it. */
const SHORT = 2048;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isOpening = (code: number) => code === 0x5b || code === 0x7b;
const isClosing = (code: number) => code === 0x5d || code === 0x7d;

/**
 * JSON from somebody who is not trusted. A list of lists of lists, half a megabyte of them, keeps
 * the runtime's parser busy for half a second: such text is refused unparsed.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const mayBeDeep = text.length > SHORT && hasManyBrackets(text);
  if (mayBeDeep && isTooDeep(text)) throw new SyntaxError('JSON is nested too deeply');
  return JSON.parse(text);
}

/** One walk without a call for each string: there may be ten thousands of them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (isOpening(code) && ++depth > MAX_DEPTH) return true;
    else if (isClosing(code)) depth--;
  }
  return false;
}

/** Whether there are enough brackets at all; the engine finds them faster than any loop here. */
function hasManyBrackets(text: string): boolean {
  return has(text, '[', MAX_DEPTH / 2) || has(text, '{', MAX_DEPTH / 2);
}

function has(text: string, bracket: string, count: number): boolean {
  let at = -1;
  for (let found = 0; found < count; found++) {
    at = text.indexOf(bracket, at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Where a JSON text stands in a request, and how long it may be. */
export interface JsonPlace {
  readonly path: string;
  /** In UTF-8. */
  readonly maxBytes: number;
}

/**
 * Reads a JSON text that a client put into a field of its request, such as one that it signed.
 * @throws ConfabError `invalid` for what is no JSON, too long or too deep, or names `__proto__`
 */
export function readJson(text: string, { path, maxBytes }: JsonPlace): unknown {
  if (Buffer.byteLength(text) > maxBytes) {
    throw refused(path, `must have at most ${maxBytes.toLocaleString('en')} bytes`);
  }
  const value = parsedOr(text, path);
  if (namesPrototype(value)) throw refused(path, 'must not have a field called __proto__');
  return value;
}

function parsedOr(text: string, path: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw refused(path, 'must be JSON');
  }
}

/** Whether any object in it has `__proto__` as a field of its own: copied, it would become its prototype. */
function namesPrototype(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one !== 'object' || one === null) continue;
    if (Object.hasOwn(one, '__proto__')) return true;
    for (const inner of Object.values(one)) left.push(inner);
  }
  return false;
}

function refused(path: string, message: string): ConfabError {
  return new ConfabError('invalid', `${path} ${message}`, { errors: [{ path, message }] });
}
