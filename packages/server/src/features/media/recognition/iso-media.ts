import { latin1, says } from './bytes';

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs']);
const AVIF_BRANDS = new Set(['avif', 'avis']);
/** Brands that say only “an image in this container”; the compatible ones tell which. */
const IMAGE_BRANDS = new Set(['mif1', 'mif2', 'msf1', 'miaf', 'MiHB', 'MiHE']);
const AUDIO_BRANDS = new Set(['M4A ', 'M4B ', 'M4P ', 'F4A ']);
/** Camera raw images and JPEG 2000 share the container, but nothing here reads them. */
const FOREIGN_BRANDS = new Set(['crx ', 'jp2 ', 'jpm ', 'jpx ', 'mjp2']);
/** Old QuickTime files begin with one of these instead of brands. */
const QUICKTIME_BOXES = ['moov', 'mdat', 'wide', 'skip', 'pnot'];
const MAX_BRANDS = 64;

/** ISO/IEC 14496-12 and its kin: MP4, QuickTime, HEIF. */
export function isoMediaType(head: Uint8Array): string | undefined {
  if (says(head, 4, 'ftyp')) return typeByBrands(brandsOf(head));
  return QUICKTIME_BOXES.some((box) => says(head, 4, box)) ? quickTimeType(head) : undefined;
}

function brandsOf(head: Uint8Array): string[] {
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
  const end = Math.min(size, head.length, 16 + 4 * MAX_BRANDS);
  const brands = [head.subarray(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.subarray(at, at + 4));
  return brands.map(latin1);
}

function typeByBrands(brands: readonly string[]): string | undefined {
  const [major = ''] = brands;
  if (FOREIGN_BRANDS.has(major)) return undefined;
  if (AVIF_BRANDS.has(major)) return 'image/avif';
  if (HEIC_BRANDS.has(major)) return 'image/heic';
  if (IMAGE_BRANDS.has(major)) return imageType(brands);
  if (AUDIO_BRANDS.has(major)) return 'audio/mp4';
  if (major === 'qt  ') return 'video/quicktime';
  return /^3g/.test(major) ? 'video/3gpp' : 'video/mp4';
}

const imageType = (brands: readonly string[]): string =>
  brands.some((brand) => AVIF_BRANDS.has(brand)) ? 'image/avif' : 'image/heic';

/** Four letters alone may be chance; the box must be of a size that makes sense. */
function quickTimeType(head: Uint8Array): string | undefined {
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0);
  return size === 1 || size >= 8 || says(head, 4, 'mdat') ? 'video/quicktime' : undefined;
}
