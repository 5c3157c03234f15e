import { ConfabError, type PostEpoch } from '@confab/protocol';
import { z } from 'zod';
import { readJson } from '../../../lib/json';

/** Who made an epoch for which place, as its authenticated header says. */
export interface EpochPlace {
  chat: number;
  epoch: number;
  from: number;
  device: string;
}

const Header = z.object({
  v: z.literal(1),
  typ: z.literal('epoch'),
  chat: z.int(),
  epoch: z.int(),
  from: z.int(),
  device: z.string().regex(/^[\w-]{22}$/),
});

/**
 * Reads the header of an epoch; what is in it only devices can read.
 * @throws ConfabError `invalid` unless it was made by this user for this place
 */
export function readEpoch(userId: number, chatId: number, { epoch, jwe }: PostEpoch): EpochPlace {
  const header = Header.safeParse(readJson(textOf(jwe.aad), HEADER));
  if (!header.success) throw refused('is not the header of an epoch of version 1');
  const place = header.data;
  if (place.chat !== chatId) throw refused('is for another chat');
  if (place.epoch !== epoch) throw refused('has another number than the epoch');
  if (place.from !== userId) throw refused('is from somebody else');
  return place;
}

/** What an epoch's signature covers. */
export const signedPart = ({ jwe }: PostEpoch): string =>
  [jwe.protected, jwe.aad, jwe.iv, jwe.ciphertext, jwe.tag].join('.');

const HEADER = { path: 'jwe.aad', maxBytes: 4_000 };

const textOf = (base64url: string) => Buffer.from(base64url, 'base64url').toString();

function refused(message: string): ConfabError {
  const errors = [{ path: 'jwe.aad', message }];
  return new ConfabError('invalid', `The epoch's header ${message}`, { errors });
}
