import type { FieldError } from '@confab/protocol';
import { ClientError } from '../index';
import { plainLine } from './plain-text';
import { refusal } from './render';

/** Why something failed, in words that are safe to print. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ClientError)) {
    return plainLine(error instanceof Error ? error.message : String(error));
  }
  // What was wrong with a form is said by its fields alone; any other refusal says it all itself.
  const isForm = error.errors.length > 0 && / is not valid(:|$|;)/.test(error.detail);
  return isForm ? error.errors.map(faultInWords).join('; ') : refusal(error);
}

/** Fields by what people call them. */
const FIELDS: Readonly<Record<string, string>> = {
  content: 'The message',
  disappear_after_s: 'The time',
  email: 'The e-mail address',
  emoji: 'The emoji',
  expires_in: 'The time',
  member_ids: 'The list of names',
  name: 'The name',
  password: 'The password',
  q: 'What you look for',
  send_at: 'The time',
  username: 'The name',
};

function faultInWords({ path, message }: FieldError): string {
  const name = Object.hasOwn(FIELDS, path) ? FIELDS[path] : path;
  return plainLine([name, message].filter(Boolean).join(' '));
}

/** What to do where no server answers. */
export function unreachable(server: string): string {
  return (
    `No server answers at ${server}. “npm start” starts one on this machine; ` +
    '--server URL names another one.'
  );
}

/** Why the program cannot go on. */
export function endOf(error: unknown, server: string): string {
  const isAway = error instanceof ClientError && error.code === 'network';
  return isAway ? unreachable(server) : reasonOf(error);
}
