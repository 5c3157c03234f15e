import type { Envelope } from '@confab/protocol';

/** What the server looks at of an encrypted message, to store it in its place. */
export interface Sealed {
  /** `h.c.s` */
  text: string;
  epoch: number;
  device: string;
}

/** An envelope as it was stored. */
export function storedEnvelope(text: string): Envelope {
  const [h = '', c = '', s = ''] = text.split('.');
  return { h, c, s };
}
