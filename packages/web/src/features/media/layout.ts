/** How large a single picture is shown, and how several are put together. */
const MOST_WIDTH = 400;
const MOST_HEIGHT = 360;
const LEAST = 120;
/** Of a picture whose size nobody knows. */
const UNKNOWN = { width: 280, height: 210 };
const MOST_TILES = 9;

interface Sized {
  readonly width: number | null;
  readonly height: number | null;
}

/** The box of a single picture, known before it is loaded, in pixels: small ones are not blown up. */
export function boxOf({ width, height }: Sized): { width: number; height: number } {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height);
  const within = (side: number, most: number) =>
    Math.round(Math.max(LEAST, Math.min(side * scale, most)));
  return { width: within(width, MOST_WIDTH), height: within(height, MOST_HEIGHT) };
}

export interface GridShape {
  /** How many are shown; the last of them stands for all the others. */
  readonly shown: number;
  /** In how many columns of six each of them is that wide. */
  readonly spans: readonly number[];
}

/** Full lines whatever the number: of two or three, with the first over a whole line when one is left. */
export function gridOf(count: number): GridShape {
  const shown = Math.min(count, MOST_TILES);
  const perLine = shown === 2 || shown === 4 ? 2 : 3;
  const rest = shown % perLine;
  const first = Array.from({ length: shown === 3 ? 1 : rest }, () => 6 / (shown === 3 ? 1 : rest));
  const others = shown - first.length;
  const span = shown === 3 ? 3 : 6 / perLine;
  return { shown, spans: [...first, ...Array.from({ length: others }, () => span)] };
}
