import { ConfabError } from '@confab/protocol/failure';
import { isKnownName, isTellingEnding, type KnownType } from './known-types';

/** What its sender says of a file. */
export interface Claim {
  /** The name's ending in lower case, without the dot; empty when there is none. */
  readonly ending: string;
  /** Lower case, without parameters; empty when nothing certain is claimed. */
  readonly mimeType: string;
}

const UNSPECIFIC = new Set([
  'application/octet-stream',
  'binary/octet-stream',
  'application/x-download',
  '*/*',
]);
/** Browsers name these by the ending alone, of which texts have the same. */
const MISNAMED_TEXTS = new Set([
  'video/mp2t',
  'video/vnd.dlna.mpeg-tts',
  'application/vnd.ms-excel',
]);
const TEXT_ENDINGS_OF_OTHERS = new Set(['ts', 'mts']);
const TEXT_ENDINGS = new Set(['txt', 'text', 'log', 'csv', 'md', 'markdown', 'json']);
const TEXT_TYPES =
  /^(text\/|application\/(json|xml|csv|javascript|x-javascript|yaml|x-yaml|toml|x-sh|sql|x-subrip)$|.*\+(json|xml)$)/;

export function claimOf(filename: string, claimedType: string | undefined): Claim {
  const mimeType = (claimedType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return {
    ending: /\.([A-Za-z0-9]{1,10})$/.exec(filename.trim())?.[1]?.toLowerCase() ?? '',
    mimeType: UNSPECIFIC.has(mimeType) ? '' : mimeType,
  };
}

export const claimsText = ({ ending, mimeType }: Claim): boolean =>
  TEXT_ENDINGS.has(ending) || TEXT_TYPES.test(mimeType);
export const claimsAudio = ({ ending, mimeType }: Claim): boolean =>
  mimeType.startsWith('audio/') || ['m4a', 'm4b', 'weba', 'mka'].includes(ending);

const isText = (type: KnownType): boolean => TEXT_ENDINGS.has(type.extension);

/** @throws ConfabError `type_mismatch` when name or claimed type promise something else than there is */
export function checkClaim(claim: Claim, type: KnownType): void {
  if (!fitsEnding(claim.ending, type)) throw mismatch(`Its name ends in .${claim.ending}`, type);
  if (!fitsType(claim, type)) throw mismatch(`It was sent as ${claim.mimeType}`, type);
}

function fitsEnding(ending: string, type: KnownType): boolean {
  if (!isTellingEnding(ending)) return true;
  if (isText(type)) return TEXT_ENDINGS.has(ending) || TEXT_ENDINGS_OF_OTHERS.has(ending);
  return type.extension === ending || (type.endings ?? []).includes(ending);
}

function fitsType({ ending, mimeType }: Claim, type: KnownType): boolean {
  if (mimeType === '' || mimeType === type.mimeType) return true;
  if (isText(type)) return fitsText(ending, mimeType);
  if ((type.aliases ?? []).includes(mimeType)) return true;
  if (isKnownName(mimeType)) return false;
  return sameFamily(mimeType, type);
}

function fitsText(ending: string, mimeType: string): boolean {
  if (MISNAMED_TEXTS.has(mimeType)) return ending === 'csv' || TEXT_ENDINGS_OF_OTHERS.has(ending);
  if (TEXT_TYPES.test(mimeType)) return true;
  return mimeType.startsWith('application/') && !isKnownName(mimeType);
}

/** An unknown subtype is believed of its family; and of what is not recognised, as that is only ever downloaded. */
function sameFamily(mimeType: string, type: KnownType): boolean {
  if (type.mimeType === 'application/octet-stream') return !mimeType.startsWith('text/');
  return mimeType.split('/', 1)[0] === type.mimeType.split('/', 1)[0];
}

function mismatch(claim: string, type: KnownType): ConfabError {
  const truth =
    type.mimeType === 'application/octet-stream'
      ? 'its content is something else'
      : `its content is ${type.mimeType} (.${type.extension})`;
  return new ConfabError('type_mismatch', `${claim}, but ${truth}`);
}
