import type { ChatSettings } from '@confab/protocol';
import { ConfabError } from '@confab/protocol/failure';
import { isoOrNull } from '../../lib/clock';
import type { MemberSettings } from '../../realtime/bus';

const YEAR_MS = 365 * 24 * 3600 * 1000;

type Mute = Pick<MemberSettings, 'isMuted' | 'mutedUntil'>;

/** Whether a chat is muted at a moment: at the very one at which that ends it is not any more. */
export const isMutedAt = ({ isMuted, mutedUntil }: Mute, at: number): boolean =>
  isMuted && (mutedUntil === null || at < mutedUntil);

/** A mute as it shows at a moment: one that has ended is none. */
export function presentMute(mute: Mute, at: number) {
  const is_muted = isMutedAt(mute, at);
  return { is_muted, muted_until: is_muted ? isoOrNull(mute.mutedUntil) : null };
}

/**
 * The mute that a request asks for, undefined where it asks for none.
 * @throws ConfabError `invalid` for an end that is past or more than a year ahead, or of no mute
 */
export function wantedMute(
  { is_muted, muted_until }: Pick<ChatSettings, 'is_muted' | 'muted_until'>,
  now: number,
): Partial<Mute> | undefined {
  if (is_muted === undefined && muted_until === undefined) return undefined;
  if (typeof muted_until !== 'string') {
    return { mutedUntil: null, ...(is_muted === undefined ? {} : { isMuted: is_muted }) };
  }
  if (is_muted === false) refuse('must be null or absent where is_muted is false');
  return { isMuted: true, mutedUntil: endOf(muted_until, now) };
}

function endOf(mutedUntil: string, now: number): number {
  const end = Date.parse(mutedUntil);
  if (end <= now) refuse('must not be in the past');
  if (end > now + YEAR_MS) refuse('must be at most a year ahead');
  return end;
}

function refuse(message: string): never {
  throw new ConfabError('invalid', `The end of the mute ${message}`, {
    errors: [{ path: 'muted_until', message }],
  });
}

/** A mute with what was asked for; an end alone neither mutes nor unmutes what it is given for. */
export function withWanted(mute: Mute, wanted: Partial<Mute> | undefined, at: number): Mute {
  return wanted ? { isMuted: isMutedAt(mute, at), mutedUntil: null, ...wanted } : mute;
}
