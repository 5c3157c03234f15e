import { decodeQR } from 'qr/decode.js';
import type { CodeReader } from './code-reader';

/** Larger pictures tell no more of a code that is held before a camera, pixels. */
const LONGER_SIDE = 800;
/** For so long it may look at one picture, milliseconds. */
const LOOK_MS = 80;

/** Reads codes by this app's own means. */
export function decoder(): CodeReader {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    const { videoWidth, videoHeight } = video;
    const scale = Math.min(1, LONGER_SIDE / Math.max(videoWidth, videoHeight));
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    if (!context || canvas.width === 0 || canvas.height === 0) return [];
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return codesIn(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

/** The decoder throws where there is no code. */
function codesIn(picture: ImageData): readonly string[] {
  try {
    return [decodeQR(picture, { timeLimit: LOOK_MS })];
  } catch {
    return [];
  }
}
