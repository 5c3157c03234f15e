import { ConfabError } from '@confab/protocol/failure';
import { latin1, says } from './bytes';

/** Programs as operating systems know them: ELF, Mach-O, Java and universal binaries, Android, Windows links. */
const PROGRAMS = [
  '\x7fELF',
  '\xfe\xed\xfa\xce',
  '\xfe\xed\xfa\xcf',
  '\xce\xfa\xed\xfe',
  '\xcf\xfa\xed\xfe',
  '\xca\xfe\xba\xbe',
  'dex\n',
  'L\0\0\0\x01\x14\x02\0',
];
/** Names under which a downloaded file would be opened by a browser, with all that it runs. */
const ACTIVE_ENDINGS = new Set([
  'html',
  'htm',
  'xhtml',
  'xht',
  'shtml',
  'svg',
  'svgz',
  'mht',
  'mhtml',
  'hta',
]);
const ACTIVE_TYPES = new Set([
  'text/html',
  'application/xhtml+xml',
  'image/svg+xml',
  'multipart/related',
]);

export const isActiveName = (ending: string, claimed: string): boolean =>
  ACTIVE_ENDINGS.has(ending) || ACTIVE_TYPES.has(claimed);

export const isProgram = (head: Uint8Array): boolean =>
  PROGRAMS.some((magic) => says(head, 0, magic)) || isWindowsProgram(head) || isScript(head);

/** Two letters may begin a text; then there are no zero bytes soon after them. */
const isWindowsProgram = (head: Uint8Array): boolean =>
  says(head, 0, 'MZ') && head.subarray(2, 64).includes(0);

/** A line that says which program runs the file. */
const isScript = (head: Uint8Array): boolean =>
  /^(\xef\xbb\xbf)?#!\s*\//.test(latin1(head.subarray(0, 64)));

export const activeRefused = () =>
  new ConfabError(
    'unsupported_media_type',
    'Web pages and SVG images cannot be sent. Put them into a ZIP file',
  );
export const programRefused = () =>
  new ConfabError(
    'unsupported_media_type',
    'Programs and scripts cannot be sent. Put them into a ZIP file',
  );
