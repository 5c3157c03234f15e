/** Control characters that no text has, by the WHATWG's rules for sniffing. */
const BINARY_BYTES = new Set([
  ...range(0x00, 0x08),
  0x0b,
  ...range(0x0e, 0x1a),
  ...range(0x1c, 0x1f),
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/**
 * The beginning of a text, or undefined when it is none.
 * @param head the file's first bytes; a character may be cut at their end
 * @param isClaimed whether the sender calls it a text: then an older encoding than UTF-8 is believed
 */
export function textOf(head: Uint8Array, isClaimed: boolean): string | undefined {
  const wide = wideText(head);
  if (wide !== undefined) return CONTROL.test(wide) ? undefined : wide;
  if (head.some((byte) => BINARY_BYTES.has(byte))) return undefined;
  return decoded(head, 'utf-8') ?? (isClaimed ? decoded(head, 'latin1') : undefined);
}

function wideText(head: Uint8Array): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return decoded(head, 'utf-16le');
  return head[0] === 0xfe && head[1] === 0xff ? decoded(head, 'utf-16be') : undefined;
}

function decoded(bytes: Uint8Array, encoding: Bun.Encoding | 'latin1' | 'utf-16be') {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** What may stand before it. Nothing here looks for an end more than once, as a stranger chose the text. */
const SKIPPED = /^(\s+|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)/;
const ACTIVE_START =
  /^<(!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe|style|title|meta|link|object|embed|form|base)[\s/>]/i;
const ACTIVE_INSIDE =
  /<([a-z0-9]+:)?(script|svg|html)[\s/>]|http:\/\/www\.w3\.org\/(1999\/xhtml|2000\/svg)|<\?xml-stylesheet/i;

/** Whether a browser that guesses would run it: HTML, SVG, or XML with either inside. */
export function isActive(text: string): boolean {
  let rest = text.replace(/^\ufeff/, '');
  const isXml = /^\s*<\?xml\s/i.test(rest);
  for (let skip = SKIPPED.exec(rest); skip; skip = SKIPPED.exec(rest))
    rest = rest.slice(skip[0].length);
  return ACTIVE_START.test(`${rest} `) || (isXml && ACTIVE_INSIDE.test(text));
}
