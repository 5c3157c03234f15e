import { corruptImage } from './limits';
import type { Pixels } from './with-profile';

interface BitmapHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly dataStart: number;
  readonly paletteStart: number;
  /** Bytes of a palette's entry. */
  readonly paletteStep: 3 | 4;
  readonly masks: readonly number[];
}

const UNCOMPRESSED = 0;
const BITFIELDS = 3;
const MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f],
  32: [0xff0000, 0x00ff00, 0x0000ff],
};

/** @throws ConfabError `corrupt_media` */
export function readBitmapHeader(bytes: Uint8Array): BitmapHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 26) throw corruptImage();
  const size = view.getUint32(14, true);
  if (bytes.length < 14 + Math.min(size, 40)) throw corruptImage();
  return size === 12 ? oldHeader(view) : newHeader(view, size);
}

function oldHeader(view: DataView): BitmapHeader {
  return {
    width: view.getUint16(18, true),
    height: view.getUint16(20, true),
    isTopDown: false,
    bits: view.getUint16(24, true),
    compression: UNCOMPRESSED,
    dataStart: view.getUint32(10, true),
    paletteStart: 26,
    paletteStep: 3,
    masks: MASKS[view.getUint16(24, true)] ?? [],
  };
}

function newHeader(view: DataView, size: number): BitmapHeader {
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  return {
    width: view.getInt32(18, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    compression,
    dataStart: view.getUint32(10, true),
    paletteStart: 14 + size,
    paletteStep: 4,
    masks: compression === BITFIELDS ? statedMasks(view) : (MASKS[bits] ?? []),
  };
}

const statedMasks = (view: DataView): number[] =>
  view.byteLength < 66 ? [] : [54, 58, 62].map((at) => view.getUint32(at, true));

type Colour = readonly [red: number, green: number, blue: number];
/** The colour of the pixel `x` in the row that starts at `row`. */
type ReadPixel = (row: number, x: number) => Colour;

/** Larger images are read at every second, third … pixel only; results are much smaller anyway. */
const ENOUGH = 2048;

/** Its pixels, or undefined for the rare run-length encoded ones. What is missing at the end is black. */
export function decodeBitmap(header: BitmapHeader, bytes: Uint8Array): Pixels | undefined {
  const read = pixelReader(header, bytes);
  if (!read) return undefined;
  const step = Math.ceil(Math.max(header.width, header.height) / ENOUGH);
  const [width, height] = [Math.ceil(header.width / step), Math.ceil(header.height / step)];
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    const row = rowStart(header, y * step);
    for (let x = 0; x < width; x++) data.set(read(row, x * step), (y * width + x) * 4);
  }
  return { data, width, height };
}

/** Rows are padded to four bytes, and lie from the bottom up unless said otherwise. */
function rowStart({ width, height, bits, dataStart, isTopDown }: BitmapHeader, y: number): number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  return dataStart + stride * (isTopDown ? y : height - 1 - y);
}

function pixelReader(header: BitmapHeader, bytes: Uint8Array): ReadPixel | undefined {
  const { bits, compression } = header;
  if (compression === UNCOMPRESSED && [1, 4, 8].includes(bits)) return byPalette(header, bytes);
  if (compression === UNCOMPRESSED && bits === 24) return byBytes(bytes);
  const isMasked = compression === UNCOMPRESSED || compression === BITFIELDS;
  if (isMasked && (bits === 16 || bits === 32)) return byMasks(header, bytes);
  return undefined;
}

function byPalette(
  { bits, paletteStart, paletteStep }: BitmapHeader,
  bytes: Uint8Array,
): ReadPixel {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (row, x) => {
    const byte = bytes[row + Math.floor(x / perByte)] ?? 0;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    const at = paletteStart + index * paletteStep;
    return [bytes[at + 2] ?? 0, bytes[at + 1] ?? 0, bytes[at] ?? 0];
  };
}

function byBytes(bytes: Uint8Array): ReadPixel {
  return (row, x) => {
    const at = row + x * 3;
    return [bytes[at + 2] ?? 0, bytes[at + 1] ?? 0, bytes[at] ?? 0];
  };
}

function byMasks({ bits, masks }: BitmapHeader, bytes: Uint8Array): ReadPixel {
  const [red = 0, green = 0, blue = 0] = masks;
  return (row, x) => {
    const at = row + (x * bits) / 8;
    let value = 0;
    for (let i = bits / 8 - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
    return [scaled(value, red), scaled(value, green), scaled(value, blue)];
  };
}

/** The bits under the mask, as a number from 0 to 255. */
function scaled(value: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const highest = mask >>> shift;
  return Math.round((((value & mask) >>> shift) * 255) / highest);
}
