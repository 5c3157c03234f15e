const transpiler = new Bun.Transpiler({
  loader: 'tsx',
  tsconfig: JSON.stringify({ compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' } }),
});

/** A quoted text in JavaScript, and where it may stand for something that users see. */
const QUOTED = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/y;
const SHOWN =
  /(?:^|[\s{,])(?:"?(?:label|title|placeholder|alt|hint|text|action|aria-label|aria-description|aria-roledescription)"?|children):\s*/g;

/** Words, rather than a sign such as “@” or “·”. What is put in by `${…}` is somebody's own. */
const hasWords = (text: string): boolean => /\p{L}{2}/u.test(text.replace(/\$\{[^}]*\}/g, ''));

function quotedAt(code: string, at: number): string | undefined {
  QUOTED.lastIndex = at;
  return QUOTED.exec(code)?.[0];
}

/** Whether something is only held against a text: `kind === "video"`. */
const isCompared = (code: string, at: number): boolean => /[=!]==\s*$/.test(code.slice(at - 8, at));

const delta = (sign: string): number => {
  if ('[({'.includes(sign)) return 1;
  return '])}'.includes(sign) ? -1 : 0;
};

/** The texts that stand in an expression itself, or in a list of children, not within what it calls. */
function textsAt(code: string, start: number): string[] {
  const found: string[] = [];
  const own = code[start] === '[' ? 1 : 0;
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const sign = code[at] ?? '';
    const quoted = quotedAt(code, at);
    if (quoted !== undefined) {
      if (depth === own && !isCompared(code, at)) found.push(quoted);
      at += quoted.length - 1;
    }
    depth += delta(sign);
    const isOver = depth < own && (own === 0 || at > start);
    if (isOver || (own === 0 && depth === 0 && (sign === ',' || sign === ';'))) break;
  }
  return found;
}

/** Texts for users that are written into a component, where they cannot be translated. */
export function literalsIn(source: string): string[] {
  const code = transpiler.transformSync(source);
  return Array.from(code.matchAll(SHOWN)).flatMap(({ index, 0: { length } }) =>
    textsAt(code, index + length)
      .filter(hasWords)
      .map((text) => text.slice(1, -1)),
  );
}
