/** Bytes that are read of a file at once while it is recognised. */
export const WINDOW_BYTES = 64 * 1024;

/** A part of a file, at most one window. Fewer bytes at its end, none outside. */
export async function readWindow(path: string, start: number, length = WINDOW_BYTES) {
  const end = start + Math.min(length, WINDOW_BYTES);
  return new Uint8Array(await Bun.file(path).slice(Math.max(0, start), end).arrayBuffer());
}
