import type { End } from './delivery-queue';
import type { Device } from './provider';

/** A secret so that its owner knows it again, and nobody else learns it. */
export function shortened(token: string): string {
  return token.length < 20 ? `${token.slice(0, 4)}…` : `${token.slice(0, 6)}…${token.slice(-4)}`;
}

/** The token, or the push service, of a device. */
export function addressOf(device: Device): string {
  switch (device.kind) {
    case 'firebase':
      return shortened(device.token);
    case 'web_push': {
      const { host, pathname } = new URL(device.endpoint);
      return `${host} ${shortened(pathname.slice(1))}`;
    }
  }
}

export function nameOf(device: Device): string {
  switch (device.kind) {
    case 'firebase':
      return `Firebase (${device.platform ?? 'platform unknown'}) ${addressOf(device)}`;
    case 'web_push':
      return `Web Push ${addressOf(device)}`;
  }
}

/** Why nothing was sent, where one of two people blocked the other. */
export const APART = 'a block lies between them and the sender';

export const notSent = (reason: string): string => `not sent: ${reason}`;

/** An outcome as the log tells it. */
export function inWords(end: End): string {
  switch (end.kind) {
    case 'delivered':
      return `delivered: ${end.why}`;
    case 'gone':
      return `device removed: ${end.why}`;
    case 'outdated':
      return `not sent: ${end.why}`;
    case 'refused':
      return `refused: ${end.why}`;
    case 'given_up':
      return `given up: ${end.why}`;
    case 'replaced':
      return `replaced: ${end.why}`;
    case 'dropped':
      return `dropped: ${end.why}`;
  }
}
