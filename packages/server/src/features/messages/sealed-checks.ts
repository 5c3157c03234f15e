import type { Outcome } from '../../storage/write';

/** What decides whether an encrypted message may be stored, as the database has it now. */
export interface EpochPlace {
  epoch: number;
  epoch_stale: number;
}

/** Undefined when a message of this epoch and device may be stored. */
export function sealedRefusal(
  sealed: { epoch: number },
  chat: EpochPlace,
  isOwnDevice: boolean,
): (Outcome<never> & { ok: false }) | undefined {
  if (!isOwnDevice) {
    const detail = 'The envelope is from a device that is not on the list of your devices';
    return { ok: false, code: 'invalid', detail };
  }
  if (chat.epoch_stale === 0 && chat.epoch === sealed.epoch) return undefined;
  const next = `the newest epoch is ${chat.epoch}${chat.epoch_stale === 1 ? ', and is stale' : ''}`;
  return { ok: false, code: 'stale_epoch', detail: `Encrypt it again: ${next}.` };
}
