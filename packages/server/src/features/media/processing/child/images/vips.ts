import sharp, { type SharpOptions } from 'sharp';
import { MAX_PIXELS } from './limits';

/** The formats that are looked at. Every other reader of the library is shut, however a file may look to it. */
const READERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: READERS.flatMap((name) => [
    `VipsForeignLoad${name}File`,
    `VipsForeignLoad${name}Buffer`,
  ]),
});

/** What browsers show of a file that lacks its end is no reason to refuse it. */
export const READING = {
  limitInputPixels: MAX_PIXELS,
  failOn: 'none',
  sequentialRead: true,
} as const satisfies SharpOptions;

export { sharp };
