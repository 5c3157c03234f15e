import type { Cancel } from '../../runtime';
import type { Refusal } from '../errors';
import type { BodyInput } from '../messages/body';
import type { Envelope } from '../messages/envelope';
import { sealMessage } from '../messages/message';
import { ChatEpochs } from './chat-epochs';
import { ChatInbox } from './chat-inbox';
import { ChatLog } from './chat-log';
import { ChatMembers } from './chat-members';
import type { ChatServer } from './chat-server';
import type { KeyServer } from './key-server';
import { MessageOpener } from './message-opener';
import type { OpenedRecord } from './opened';
import { OpenedChat } from './opened-chat';
import type { OpenedStore } from './opened-store';
import type { OwnDevice, SiblingKey } from './own-device';
import type { PeerBook } from './peer-book';
import type { SealedStore } from './sealed-store';
import { SendingEpoch } from './sending-epoch';

/** What all chats of a device have in common. */
export interface CryptoContext {
  readonly own: OwnDevice;
  readonly siblings: () => Promise<readonly SiblingKey[]>;
  readonly server: KeyServer;
  readonly chats: ChatServer;
  readonly store: SealedStore;
  readonly opened: OpenedStore;
  readonly peers: PeerBook;
  readonly now: () => number;
  readonly setTimer: (callback: () => void, ms: number) => Cancel;
  readonly onOpened: (chat: number, record: OpenedRecord) => void;
  readonly onEpochRefused: (chat: number, epoch: number, refusal: Refusal) => void;
  /** Keys came that are not backed up yet. */
  readonly onKeys: (chat: number) => void;
  readonly onFault: (fault: unknown) => void;
}

/** What of a message stands outside its body. */
export interface SealPlace {
  readonly clientMessageId: string;
  readonly replyTo?: string | undefined;
  readonly edits?: string | undefined;
}

/** The cryptography of one chat: its log, epochs, members and messages, wired together. */
export class ChatCrypto {
  readonly #context: CryptoContext;
  readonly #chat: number;

  private constructor(
    chat: number,
    context: CryptoContext,
    readonly log: ChatLog,
    readonly epochs: ChatEpochs,
    readonly sending: SendingEpoch,
    readonly members: ChatMembers,
    readonly opened: OpenedChat,
    readonly inbox: ChatInbox,
  ) {
    this.#chat = chat;
    this.#context = context;
  }

  static async load(chat: number, context: CryptoContext): Promise<ChatCrypto> {
    const { own, server, chats, store, peers, onOpened, onFault } = context;
    const base = { ...context, chat };
    const log = await ChatLog.load(base);
    let inbox: ChatInbox | null = null;
    const epochs = await ChatEpochs.load({
      ...base,
      log,
      onRefused: (epoch, refusal) => context.onEpochRefused(chat, epoch, refusal),
      onKeys: () => {
        context.onKeys(chat);
        void inbox?.retry();
      },
    });
    const sending = new SendingEpoch({ ...base, server: both(server, chats), log, epochs });
    const members = new ChatMembers({ chat, user: own.user, server: chats, store, log, sending });
    const opened = await OpenedChat.load(chat, context.opened);
    const opener = new MessageOpener({ peers, log, epochs, opened });
    inbox = new ChatInbox({
      opened,
      opener,
      onOpened: (record) => onOpened(chat, record),
      onFault,
    });
    return new ChatCrypto(chat, context, log, epochs, sending, members, opened, inbox);
  }

  /** Encrypts for everybody entitled, and nobody else. @throws Refusal */
  async seal(body: BodyInput, place: SealPlace): Promise<{ envelope: Envelope; epoch: number }> {
    const { own } = this.#context;
    if (!this.log.members) await this.members.reconcile();
    await this.members.mustBeAsMeant();
    const { number, key } = await this.sending.use();
    const header = {
      chat: this.#chat,
      epoch: number,
      from: own.user,
      device: own.deviceId,
      client_message_id: place.clientMessageId,
      ...(place.replyTo === undefined ? {} : { reply_to: place.replyTo }),
      ...(place.edits === undefined ? {} : { edits: place.edits }),
    };
    const keys = { epoch: key, signing: own.signingKey };
    return { envelope: await sealMessage(keys, header, body), epoch: number };
  }

  /** A message was deleted: what it said is not kept. */
  async erase(messageId: number): Promise<void> {
    const erased = await this.opened.erase(messageId);
    if (erased) this.#context.onOpened(this.#chat, erased);
  }

  /** Something may have changed at the server: reads it, and tries again what waited for it. */
  async refresh(): Promise<void> {
    this.sending.outdated();
    await this.log.refresh();
    await this.epochs.refresh();
    await this.inbox.retry();
  }
}

const both = (server: KeyServer, chats: ChatServer) => ({
  members: (chat: number) => chats.members(chat),
  postEpoch: (chat: number, epoch: Parameters<KeyServer['postEpoch']>[1]) =>
    server.postEpoch(chat, epoch),
});
