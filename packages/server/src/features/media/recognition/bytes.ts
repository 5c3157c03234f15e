/** Compares bytes with ASCII text. */
export function says(bytes: Uint8Array, at: number, text: string): boolean {
  if (at + text.length > bytes.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** One character a byte; what TextDecoder calls latin1 is another encoding. */
export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
