import { thumbHashToDataURL } from 'thumbhash';

const known = new Map<string, string>();
const MOST = 500;

/** A blurred picture to be shown until the real one is there, as CSS has it; undefined for none. */
export function placeholderOf(thumbhash: string | null): string | undefined {
  if (thumbhash === null) return undefined;
  const held = known.get(thumbhash) ?? pictureOf(thumbhash);
  if (known.size >= MOST) known.clear();
  known.set(thumbhash, held);
  return held;
}

/** It comes from others: what is no hash gives no picture. */
function pictureOf(thumbhash: string): string {
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (char) => char.charCodeAt(0));
    return `url("${thumbHashToDataURL(bytes)}")`;
  } catch {
    return 'none';
  }
}
