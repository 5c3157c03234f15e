import type { ResetPassword } from '@confab/protocol';

/** Without letters and digits that look alike, as it is read out and typed. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** Made of 16 random letters: about 79 bits. */
export function generatePassword(random: (bytes: Uint8Array) => Uint8Array): string {
  const letters: string[] = [];
  while (letters.length < GROUPS * GROUP_LENGTH) {
    const [byte = 255] = random(new Uint8Array(1));
    // The bytes beyond a multiple of the alphabet's length would favour its first letters.
    const letter =
      byte < 256 - (256 % ALPHABET.length) ? ALPHABET[byte % ALPHABET.length] : undefined;
    if (letter !== undefined) letters.push(letter);
  }
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    letters.slice(i * GROUP_LENGTH, (i + 1) * GROUP_LENGTH).join(''),
  );
  return groups.join('-');
}

/** The one that a request names, if it does. */
export const chosenPassword = ({ new_password, password }: ResetPassword): string | undefined =>
  new_password ?? password;
