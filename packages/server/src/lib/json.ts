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
  if (text.length > SHORT && isTooDeep(text)) throw new SyntaxError('JSON is nested too deeply');
  return JSON.parse(text);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (isOpening(code) && ++depth > MAX_DEPTH) return true;
    else if (isClosing(code)) depth--;
  }
  return false;
}

/** Where the string ends that begins at `start`; the text's end when it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
