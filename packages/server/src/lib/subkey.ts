import { hkdfSync } from 'node:crypto';

/** A key for one purpose alone, so that nothing signed for it passes for something of another kind. */
export function subkey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'confab', purpose, 32));
}
