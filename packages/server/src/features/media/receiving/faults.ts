import { ConfabError } from '@confab/protocol';

export const tooLarge = (maxBytes: number) =>
  new ConfabError('too_large', `A file has at most ${maxBytes.toLocaleString('en')} bytes`);

export const brokenOff = () =>
  new ConfabError('upload_incomplete', 'The upload broke off before its end. Send it again.');

export const invalidUpload = (
  path: string,
  message: string,
  detail = `The upload is not valid: ${path} ${message}`,
) => new ConfabError('invalid', detail, { errors: [{ path, message }] });
