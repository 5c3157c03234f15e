/**
 * Why something encrypted is refused. A word of docs/encryption.md; programs decide by it.
 *
 * `missing_key` alone may pass by itself: it is tried again when the key comes.
 */
export type RefusalReason =
  /** It is not what the format says. */
  | 'malformed'
  /** Made by a newer version of the protocol. */
  | 'unsupported_version'
  /** An algorithm that this version does not use, or one that it no longer accepts. */
  | 'unsupported_algorithm'
  /** It was made for another chat, sender, message or epoch than it was delivered as. */
  | 'misplaced'
  /** Its device is not on the signed list of who sent it. */
  | 'unknown_device'
  | 'bad_signature'
  /** Who made it was not in the chat, or may not do this. */
  | 'not_a_member'
  | 'not_allowed'
  /** No key of this epoch is here (yet). */
  | 'missing_key'
  /** The key does not open it. */
  | 'undecryptable'
  /** The same message was delivered before, as another one. */
  | 'replayed'
  /** Made with a key that its sender had lost the right to use. */
  | 'old_epoch'
  /** A list of devices older than one that was seen. */
  | 'list_rollback'
  /** Two lists of devices with one version. */
  | 'list_forked'
  /** An entry of the membership log does not follow the one before. */
  | 'log_broken'
  /** Two entries of the membership log at one place. */
  | 'log_forked'
  /** Another identity key than the one that is known. */
  | 'identity_changed'
  | 'wrong_code'
  | 'wrong_recovery_key'
  /** The recovery key has a typing error. */
  | 'mistyped_key'
  /** A backup with less protection than is accepted. */
  | 'weak_backup';

/** Something encrypted or signed that is refused, with its reason. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'Refusal';
    this.reason = reason;
  }
}

/** Refuses as malformed whatever goes wrong while something is read. */
export function readOr<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed', `${what} is not well-formed`, error);
  }
}
