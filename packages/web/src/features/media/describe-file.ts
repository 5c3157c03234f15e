import type { FileDescription, FileInput } from '@confab/client';
import { rgbaToThumbHash } from 'thumbhash';

/** A file that does not say more within this time is sent without, milliseconds. */
const PATIENCE_MS = 5_000;
const HASHED_SIDE = 100;
const BARS = 64;

/**
 * What readers of an encrypted file shall know before they fetch it: its size on the screen, how long
 * it plays, a blurred preview. The server cannot find that out. Of what the browser cannot read, nothing.
 */
export async function describeFile(file: FileInput, isVoice: boolean): Promise<FileDescription> {
  if (!(file instanceof Blob)) return {};
  const { promise: late, resolve } = Promise.withResolvers<FileDescription>();
  const timer = setTimeout(() => resolve({}), PATIENCE_MS);
  try {
    return await Promise.race([described(file, isVoice), late]);
  } catch {
    return {};
  } finally {
    clearTimeout(timer);
  }
}

async function described(file: Blob, isVoice: boolean): Promise<FileDescription> {
  if (file.type.startsWith('image/')) return pictureOf(await createImageBitmap(file));
  if (file.type.startsWith('video/')) return filmOf(file);
  if (file.type.startsWith('audio/') && isVoice) return soundOf(file);
  return {};
}

function pictureOf(bitmap: ImageBitmap): FileDescription {
  const { width, height } = bitmap;
  return { width, height, thumbhash: hashOf(bitmap, width, height) };
}

function hashOf(source: CanvasImageSource, width: number, height: number): string {
  const scale = HASHED_SIDE / Math.max(width, height, HASHED_SIDE);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas to draw on');
  context.drawImage(source, 0, 0, w, h);
  return base64Url(rgbaToThumbHash(w, h, context.getImageData(0, 0, w, h).data));
}

const base64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

async function filmOf(file: Blob): Promise<FileDescription> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  try {
    video.muted = true;
    video.preload = 'auto';
    video.src = url;
    await heard(video, 'loadeddata');
    const { videoWidth: width, videoHeight: height, duration } = video;
    const length = Number.isFinite(duration) ? { duration } : {};
    return { width, height, ...length, thumbhash: hashOf(video, width, height) };
  } finally {
    video.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}

function heard(element: HTMLMediaElement, name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  element.addEventListener(name, () => resolve(), { once: true });
  element.addEventListener('error', () => reject(element.error), { once: true });
  return promise;
}

async function soundOf(file: Blob): Promise<FileDescription> {
  const context = new OfflineAudioContext(1, 1, 8_000);
  const sound = await context.decodeAudioData(await file.arrayBuffer());
  return { duration: sound.duration, waveform: loudnesses(sound.getChannelData(0)) };
}

/** The loudest of each part, from 0 to 100. */
export function loudnesses(samples: Float32Array): number[] {
  const size = Math.max(1, Math.ceil(samples.length / BARS));
  const parts = Array.from({ length: Math.min(BARS, samples.length) }, (_, part) => {
    let most = 0;
    for (const sample of samples.subarray(part * size, (part + 1) * size)) {
      most = Math.max(most, Math.abs(sample));
    }
    return most;
  });
  const loudest = Math.max(...parts, 0.01);
  return parts.map((part) => Math.round((part / loudest) * 100));
}
