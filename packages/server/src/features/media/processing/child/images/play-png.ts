import type { Sharp } from 'sharp';
import type { AnimatedPng, PngFrame } from './animated-png';
import { READING, sharp } from './vips';

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** The whole picture at each frame, at most `side` on its longer side; libvips knows only the first one. */
export async function playPng(
  { frames, loop }: AnimatedPng,
  { width, height }: { width: number; height: number },
  side: number,
): Promise<Sharp> {
  let canvas: Canvas = { width, height, pixels: Buffer.alloc(width * height * 4) };
  const shown: Buffer[] = [];
  for (const frame of frames) {
    const drawn = await draw(canvas, frame);
    shown.push(await shrunk(drawn, side));
    canvas = disposed(canvas, drawn, frame);
  }
  const delay = frames.map(({ delayMs }) => delayMs);
  // Frames put together just now are one tall image to the library, until it reads them as a file.
  const joined = sharp(shown, { join: { animated: true } });
  const webp = await joined.webp({ loop, delay, lossless: true, effort: 0 }).toBuffer();
  return sharp(webp, { ...READING, animated: true });
}

const shrunk = ({ pixels, width, height }: Canvas, side: number): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: 4 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 1 })
    .toBuffer();

async function draw(canvas: Canvas, frame: PngFrame): Promise<Canvas> {
  const { left, top, width, height } = frame;
  if (left + width > canvas.width || top + height > canvas.height)
    throw new Error('A frame lies outside');
  const { data } = await sharp(frame.png(), READING)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (data.length !== width * height * 4) throw new Error('A frame is not of its size');
  const pixels = Buffer.from(canvas.pixels);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * 4, (y + 1) * width * 4);
    const place = ((top + y) * canvas.width + left) * 4;
    if (frame.isBlended) blend(pixels.subarray(place, place + row.length), row);
    else pixels.set(row, place);
  }
  return { ...canvas, pixels };
}

/** “Over” of Porter and Duff, on colours that are not multiplied with their alpha. */
function blend(under: Buffer, over: Buffer): void {
  for (let at = 0; at < over.length; at += 4) {
    const front = (over[at + 3] ?? 0) / 255;
    const back = ((under[at + 3] ?? 0) / 255) * (1 - front);
    const alpha = front + back;
    if (alpha === 0) continue;
    for (let i = at; i < at + 3; i++) {
      under[i] = Math.round(((over[i] ?? 0) * front + (under[i] ?? 0) * back) / alpha);
    }
    under[at + 3] = Math.round(alpha * 255);
  }
}

function disposed(before: Canvas, drawn: Canvas, frame: PngFrame): Canvas {
  switch (frame.disposal) {
    case 'keep':
      return drawn;
    case 'restore':
      return before;
    case 'clear':
      return cleared(drawn, frame);
  }
}

function cleared(canvas: Canvas, { left, top, width, height }: PngFrame): Canvas {
  const pixels = Buffer.from(canvas.pixels);
  for (let y = top; y < top + height; y++) {
    const place = (y * canvas.width + left) * 4;
    pixels.fill(0, place, place + width * 4);
  }
  return { ...canvas, pixels };
}
