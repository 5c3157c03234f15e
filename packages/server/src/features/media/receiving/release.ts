/**
 * Gives the memory of a piece of a body back at once; nobody may look at it afterwards. Left to the
 * collector, the pieces of large uploads lie about until there are tens of megabytes of them.
 */
export function release(piece: Uint8Array): void {
  const { buffer } = piece;
  // A view of something larger may have neighbours that are still to be read.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === piece.byteLength) buffer.transfer(0);
}
