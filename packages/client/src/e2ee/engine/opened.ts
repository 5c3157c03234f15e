import { Refusal, type RefusalReason } from '../errors';
import type { Body } from '../messages/body';
import type { Envelope } from '../messages/envelope';

/** An encrypted message as the server delivered it. */
export interface Delivered {
  readonly id: number;
  readonly chat_id: number;
  readonly seq: number;
  readonly sender_id: number;
  readonly client_message_id: string;
  readonly is_edited: boolean;
  readonly envelope: Envelope;
}

export type Content = Extract<Body, { kind: 'message' }>;
export type Statement = Exclude<Body, { kind: 'message' }>;

/** What became of a message that was delivered. */
export type Outcome =
  | { readonly state: 'opened'; readonly body: Body }
  /** It was deleted: its place stays taken, what it said is gone. */
  | { readonly state: 'erased' }
  | {
      readonly state: 'refused';
      readonly reason: RefusalReason;
      /** Kept where the reason may pass. */
      readonly delivered: Delivered | null;
    };

/** What is kept of a message. */
export interface OpenedRecord {
  readonly id: number;
  readonly seq: number;
  readonly from: number;
  readonly clientMessageId: string;
  /** The signature of the envelope that it came from: which version of the message this is. */
  readonly version: string;
  /** Versions that came before this one: the server must not go back to them. */
  readonly superseded: readonly string[];
  /** The epoch that it was sent under; null for an edit, which is of another time than its place. */
  readonly epoch: number | null;
  /** `device/client_message_id` of each version. */
  readonly marks: readonly string[];
  /** The client_message_id of the message that it answers. */
  readonly replyTo: string | null;
  readonly outcome: Outcome;
}

/** Whether a record is of a message as it is delivered now: a server may relabel what was opened. */
export const isOf = (
  { from, clientMessageId }: OpenedRecord,
  message: Pick<Delivered, 'sender_id'> & { readonly client_message_id: string | null },
): boolean => from === message.sender_id && clientMessageId === message.client_message_id;

/** Nothing is said of what the server tells as another one. @throws Refusal `misplaced` */
export function mustBeAsOpened(
  record: OpenedRecord | undefined,
  message: Parameters<typeof isOf>[1],
): void {
  if (!record || isOf(record, message)) return;
  throw new Refusal('misplaced', 'The server tells this message as another one than it was');
}

/** Reasons that may pass when a key, a list or an entry of the log comes. */
const PASSING: ReadonlySet<RefusalReason> = new Set([
  'missing_key',
  'unknown_device',
  'not_a_member',
]);

export function refusedOutcome({ reason }: Refusal, delivered: Delivered): Outcome {
  return { state: 'refused', reason, delivered: PASSING.has(reason) ? delivered : null };
}

export const contentOfRecord = ({ outcome }: OpenedRecord): Content | null =>
  outcome.state === 'opened' && outcome.body.kind === 'message' ? outcome.body : null;

export const statementOfRecord = ({ outcome }: OpenedRecord): Statement | null =>
  outcome.state === 'opened' && outcome.body.kind !== 'message' ? outcome.body : null;
