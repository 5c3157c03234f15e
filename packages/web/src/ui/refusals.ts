import type { RefusalReason } from '@confab/client/e2ee';
import { type TextKey, t } from '../i18n';

const TEXTS: Record<RefusalReason, TextKey> = {
  malformed: 'encryption.reasonMalformed',
  unsupported_version: 'encryption.reasonNewer',
  unsupported_algorithm: 'encryption.reasonAlgorithm',
  misplaced: 'encryption.reasonMisplaced',
  unknown_device: 'encryption.reasonUnknownDevice',
  bad_signature: 'encryption.reasonSignature',
  not_a_member: 'encryption.reasonNotMember',
  not_allowed: 'encryption.reasonNotAllowed',
  missing_key: 'encryption.reasonMissingKey',
  undecryptable: 'encryption.reasonUndecryptable',
  replayed: 'encryption.reasonReplayed',
  old_epoch: 'encryption.reasonOldKey',
  list_rollback: 'encryption.reasonRollback',
  list_forked: 'encryption.reasonForked',
  log_broken: 'encryption.reasonLogBroken',
  log_forked: 'encryption.reasonLogForked',
  identity_changed: 'encryption.reasonIdentity',
  wrong_code: 'encryption.wrongCode',
  wrong_recovery_key: 'encryption.wrongKey',
  mistyped_key: 'encryption.mistypedKey',
  weak_backup: 'encryption.weakBackup',
};

/** Why something encrypted is not shown, or not sent, in plain words. */
export const reasonText = (reason: RefusalReason): string => t(TEXTS[reason]);

const isReason = (reason: unknown): reason is RefusalReason =>
  typeof reason === 'string' && Object.hasOwn(TEXTS, reason);

/** The reason of a refusal, or of the failure that it caused. */
export function reasonOf(fault: unknown): RefusalReason | null {
  if (!(fault instanceof Error)) return null;
  if ('reason' in fault && isReason(fault.reason)) return fault.reason;
  return fault.cause === undefined ? null : reasonOf(fault.cause);
}
