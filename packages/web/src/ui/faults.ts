import { ClientError } from '@confab/client';
import { t } from '../i18n';
import { reasonOf, reasonText } from './refusals';
import { toast } from './toasts';

/** Errors with one meaning: it is said in the user's language. Others bring the server's own words. */
const TOLD = [
  'account_inactive',
  'already_a_member',
  'blocked',
  'chat_closed',
  'corrupt_media',
  'download_incomplete',
  'email_taken',
  'group_full',
  'internal',
  'invalid_credentials',
  'media_too_complex',
  'message_deleted',
  'not_a_member',
  'overloaded',
  'quota_exceeded',
  'storage_full',
  'too_many_uploads',
  'username_taken',
  'wrong_password',
] as const satisfies readonly ClientError['code'][];

const UNREACHED: readonly string[] = ['network', 'timeout', 'disconnected'];

function tooFast({ retryAfter = 0 }: ClientError): string {
  if (retryAfter <= 60) return t('common.tooFast');
  return t('faults.tooFastFor', { count: Math.ceil(retryAfter / 60) });
}

/** What an error is called here, if it has one meaning; else what was said of it. */
export function codeText({ code, detail }: Pick<ClientError, 'code'> & { detail: string }): string {
  const told = TOLD.find((each) => each === code);
  return told ? t(`faults.${told}`) : detail || t('common.failed');
}

/** What went wrong, for the user: what the server says of it, or that it cannot be asked. */
export function faultText(fault: unknown): string {
  const reason = reasonOf(fault);
  if (reason !== null) return reasonText(reason);
  if (!(fault instanceof ClientError)) return t('common.failed');
  if (UNREACHED.includes(fault.code)) return t('common.networkError');
  if (fault.code === 'rate_limited') return tooFast(fault);
  // What a key or the disk says of itself is nothing to show.
  if (fault.code === 'cannot_encrypt' && fault.cause) return t('encryption.cannotUse');
  return codeText({ code: fault.code, detail: fault.message });
}

/** Whether the server has not what it was asked for: asking again would not bring it. */
export const isMissing = (fault: unknown): boolean =>
  fault instanceof ClientError && fault.code === 'not_found';

/** Runs what a click asks for, and tells if it fails. @returns whether it went well */
export async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (fault) {
    toast(faultText(fault));
    return false;
  }
}
