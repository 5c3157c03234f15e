import { readList } from '../devices/device-list';
import { Refusal } from '../errors';
import type { Body } from '../messages/body';
import { mustBeDeletable } from '../messages/deletion';
import { type MessageHeader, mustFit, readEnvelope } from '../messages/envelope';
import { openMessage, verifyMessage } from '../messages/message';
import type { ChatEpochs, HeldEpoch } from './chat-epochs';
import type { ChatLog } from './chat-log';
import type { Delivered, OpenedRecord } from './opened';
import type { OpenedChat } from './opened-chat';
import type { PeerBook } from './peer-book';

export interface MessageOpenerOptions {
  readonly peers: Pick<PeerBook, 'signingKey' | 'current'>;
  readonly log: ChatLog;
  readonly epochs: ChatEpochs;
  readonly opened: OpenedChat;
}

/** Opens the messages of a chat after every check of docs/encryption.md, in its order. */
export class MessageOpener {
  readonly #options: MessageOpenerOptions;

  constructor(options: MessageOpenerOptions) {
    this.#options = options;
  }

  /** @throws Refusal with the reason for which it is not shown */
  async open(delivered: Delivered): Promise<OpenedRecord> {
    const { peers, opened } = this.#options;
    const { envelope, header } = readEnvelope(delivered.envelope);
    mustFit(header, {
      chat: delivered.chat_id,
      from: delivered.sender_id,
      clientMessageId: delivered.client_message_id,
      isEdited: delivered.is_edited,
    });
    await verifyMessage(envelope, await peers.signingKey(header.from, header.device));
    const epoch = await this.#epochOf(header);
    const body = await openMessage(envelope, header, epoch.key);
    this.#mustBeAllowed(header, body, epoch);
    if (header.edits === undefined) await this.#mustBeTimely(delivered, header);
    const mark = `${header.device}/${header.client_message_id}`;
    const before = opened.get(delivered.id);
    if (
      opened.isReplay(header.from, mark, delivered.id) ||
      before?.superseded.includes(envelope.s)
    ) {
      throw new Refusal('replayed', 'It was delivered before, as something else');
    }
    return record(delivered, header, body, before);
  }

  async #epochOf({ epoch, from }: MessageHeader): Promise<HeldEpoch> {
    const { log, epochs } = this.#options;
    if (!log.verified.states.some(({ members }) => members.has(from))) await log.refresh();
    if (!log.verified.states.some(({ members }) => members.has(from))) {
      throw new Refusal('not_a_member', 'Its sender is not in the chat');
    }
    if (epoch > epochs.newest) await epochs.refresh();
    const held = epochs.require(epoch);
    if (!epochs.membership(held).members.has(from)) {
      throw new Refusal('not_a_member', 'Its sender was not in the chat');
    }
    return held;
  }

  #mustBeAllowed({ from, edits }: MessageHeader, body: Body, epoch: HeldEpoch): void {
    if (edits !== undefined && body.kind !== 'message') {
      throw new Refusal('malformed', 'Only a message takes the place of a message');
    }
    if (body.kind !== 'deletion') return;
    mustBeDeletable(this.#options.epochs.membership(epoch), from, body.target_from);
  }

  /**
   * The server takes nothing under an epoch once there is a newer one. So what stands behind a message
   * of a newer one was slipped in, if whoever wrote it had no part in that any more.
   */
  async #mustBeTimely({ seq }: Delivered, { epoch, from, device }: MessageHeader): Promise<void> {
    const { epochs, opened, peers } = this.#options;
    const newest = opened.newestBefore(seq);
    const newer = newest > epoch ? epochs.get(newest) : undefined;
    if (!newer) return;
    const peer = await peers.current(from);
    const devices = peer ? readList(peer.list.text).devices : [];
    const isListed = devices.some((one) => one.device_id === device);
    if (isListed && epochs.membership(newer).members.has(from)) return;
    throw new Refusal('old_epoch', 'It was written with a key that its sender had lost by then');
  }
}

function record(
  delivered: Delivered,
  header: MessageHeader,
  body: Body,
  before: OpenedRecord | undefined,
): OpenedRecord {
  const isEdit = header.edits !== undefined;
  const version = delivered.envelope.s;
  const older = before && before.version !== version ? [before.version] : [];
  return {
    id: delivered.id,
    seq: delivered.seq,
    from: delivered.sender_id,
    clientMessageId: delivered.client_message_id,
    version,
    superseded: [...(before?.superseded ?? []), ...older],
    epoch: isEdit ? (before?.epoch ?? null) : header.epoch,
    marks: [...(before?.marks ?? []), `${header.device}/${header.client_message_id}`],
    replyTo: header.reply_to ?? (isEdit ? (before?.replyTo ?? null) : null),
    outcome: { state: 'opened', body },
  };
}
