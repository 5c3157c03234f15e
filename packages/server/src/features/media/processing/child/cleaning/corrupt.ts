import { ConfabError } from '@confab/protocol/failure';

export const corruptFile = () =>
  new ConfabError('corrupt_media', 'The file is damaged and cannot be read');

/** More tags than any program writes. */
export const tooMuchTold = () =>
  new ConfabError('media_too_complex', 'What the file says of itself is too long');
