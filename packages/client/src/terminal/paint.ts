/** Colours for a terminal that has them; for one that has not, the text as it is. */
export interface Paint {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly own: (text: string) => string;
  readonly other: (text: string) => string;
  readonly read: (text: string) => string;
  readonly warn: (text: string) => string;
}

const same = (text: string) => text;

export const NO_PAINT: Paint = {
  dim: same,
  bold: same,
  own: same,
  other: same,
  read: same,
  warn: same,
};

/** Select Graphic Rendition (ECMA-48): on, and the one that takes it back. */
const sgr = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

export const COLOURS: Paint = {
  dim: sgr(2, 22),
  bold: sgr(1, 22),
  own: sgr(32, 39),
  other: sgr(36, 39),
  read: sgr(34, 39),
  warn: sgr(33, 39),
};
