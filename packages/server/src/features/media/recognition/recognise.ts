import type { Recognised } from '../processing/processed';
import { type Claim, checkClaim, claimOf, claimsAudio, claimsText } from './claims';
import { readWindow } from './file-window';
import { type KnownType, knownType } from './known-types';
import { isOle, oleType } from './ole';
import { activeRefused, isActiveName, isProgram, programRefused } from './refused';
import { endOfId3, typeAfterId3, typeBySignature } from './signatures';
import { isActive, textOf } from './text';
import { isZip, zipType } from './zip';

/** What the sender says of the file. */
interface Claimed {
  readonly filename: string;
  readonly claimedType?: string | undefined;
}

/**
 * What a file is by its content; the sender's word only chooses between kin. It reads the first 64 KiB, and of
 * archives and tags a window more; it decodes nothing, so it may run where sockets are served.
 *
 * A file that is two things at once counts as what its first bytes say, and is served as that alone.
 * @throws ConfabError `type_mismatch`, `unsupported_media_type`
 */
export async function recognise(path: string, claimed: Claimed): Promise<Recognised> {
  const claim = claimOf(claimed.filename, claimed.claimedType);
  const head = await readWindow(path, 0);
  if (isActiveName(claim.ending, claim.mimeType)) throw activeRefused();
  if (isProgram(head)) throw programRefused();
  const found = (await typeOfBinary(path, head, claim.ending)) ?? typeOfText(head, claim);
  const type = knownType(heardOnly(found ?? 'application/octet-stream', claim));
  checkClaim(claim, type);
  return recognised(type);
}

const recognised = ({ mimeType, mediaType, extension }: KnownType): Recognised => ({
  mimeType,
  mediaType,
  extension,
});

async function typeOfBinary(
  path: string,
  head: Uint8Array,
  ending: string,
): Promise<string | undefined> {
  if (isZip(head)) return zipType(path, Bun.file(path).size, head);
  if (isOle(head)) return oleType(path, head, ending);
  const id3End = endOfId3(head);
  if (id3End !== undefined) return typeAfterId3(await readWindow(path, id3End, 8192));
  return typeBySignature(head);
}

function typeOfText(head: Uint8Array, claim: Claim): string | undefined {
  const text = textOf(head, claimsText(claim));
  if (text === undefined) return undefined;
  if (isActive(text)) throw activeRefused();
  if (claim.ending === 'csv') return 'text/csv';
  if (claim.ending === 'json') return 'application/json';
  return ['md', 'markdown'].includes(claim.ending) ? 'text/markdown' : 'text/plain';
}

const AUDIO_ONLY: Readonly<Record<string, string>> = {
  'video/mp4': 'audio/mp4',
  'video/3gpp': 'audio/mp4',
  'video/webm': 'audio/webm',
};

/** Recorders put sound alone into the containers of videos; then their word decides. */
const heardOnly = (mimeType: string, claim: Claim): string =>
  claimsAudio(claim) ? (AUDIO_ONLY[mimeType] ?? mimeType) : mimeType;
