import { ConfabError } from '@confab/protocol/failure';

/** Unknown, expired, revoked, used up, or of a deleted group: nobody learns which. */
export const noSuchInvite = () =>
  new ConfabError('not_found', 'This invitation does not exist, or is not good any more');

export interface InviteTerms {
  expires_at: number | null;
  max_uses: number | null;
  uses: number;
}

export const hasExpired = ({ expires_at }: InviteTerms, now: number): boolean =>
  expires_at !== null && expires_at <= now;

export const isUsedUp = ({ max_uses, uses }: InviteTerms): boolean =>
  max_uses !== null && uses >= max_uses;

/** One that is used up still leads its members to their group, as an answer may have been lost. */
export function mustBeGood(invite: InviteTerms, isMember: boolean, now: number): void {
  if (hasExpired(invite, now) || (isUsedUp(invite) && !isMember)) throw noSuchInvite();
}

/** 18 random bytes, 144 bits: nobody guesses one. */
export const CODE_BYTES = 18;
const CODE = /^[A-Za-z0-9_-]{24}$/;

export const isCode = (text: string): boolean => CODE.test(text);
