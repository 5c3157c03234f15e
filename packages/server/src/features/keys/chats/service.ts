import {
  type AppendLog,
  ConfabError,
  type EpochPage,
  type EpochSlice,
  type EpochState,
  LIMITS,
  type PostEpoch,
  type StoredEntry,
} from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import { encodeCursor, pageOf } from '../../../lib/cursor';
import { isSigned } from '../../../lib/ed25519';
import { frame } from '../../../lib/frame';
import type { Bus } from '../../../realtime/bus';
import type { Committer } from '../../../storage/committer';
import type { ChatState, ChatStates } from '../../chats';
import { moveDevice } from '../devices/list-writes';
import type { KeyRepository } from '../repository';
import { startOf } from '../service';
import { readEpoch, signedPart } from './epoch-format';
import { postEpoch } from './epoch-write';
import { LogJudge, readEntry } from './log-judge';
import { appendEntry } from './log-write';
import type { ChatKeyRepository, EntryRow, SliceRow } from './repository';

export interface ChatKeyDeps {
  chatKeys: ChatKeyRepository;
  keys: KeyRepository;
  states: ChatStates;
  committer: Committer;
  bus: Bus;
  now: () => number;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Counts a look at keys. @throws ConfabError `rate_limited` */
  limitRead: (userId: number) => void;
}

type AfterPage = { limit: number; cursor?: string | undefined; after?: number | undefined };

/** The keys of encrypted chats: epochs, and the log by which devices decide who gets them. */
export class ChatKeyService {
  readonly #deps: ChatKeyDeps;
  readonly #judge: LogJudge;
  /** Epochs begun since the start. */
  posted = 0;

  constructor(deps: ChatKeyDeps) {
    this.#deps = deps;
    this.#judge = new LogJudge(deps.chatKeys);
  }

  async epochs(
    { userId, sessionId }: Caller,
    chatId: number,
    query: AfterPage & { device_id: string },
  ): Promise<EpochPage> {
    const { chatKeys, limitRead } = this.#deps;
    limitRead(userId);
    await this.#encrypted(chatId, userId);
    const own = { userId, deviceId: query.device_id };
    await this.#seen(own, sessionId);
    // The state first: an epoch that comes meanwhile is on the page, or on the next.
    const state = await chatKeys.state(chatId);
    const rows = await chatKeys.slices(chatId, own, startOf(query, 0), query.limit + 1);
    const current = { epoch: state?.epoch ?? 0, is_stale: state?.isStale ?? false };
    const page = pageOf(rows, query.limit, (row) => encodeCursor(row.epoch), presentSlice);
    return { ...page, current };
  }

  /** A session is of one device: who asks for what was wrapped to another of theirs is still the first. */
  async #seen(own: { userId: number; deviceId: string }, sessionId: number): Promise<void> {
    const devices = await this.#deps.keys.devices(own.userId);
    if (!devices.some((one) => one.device_id === own.deviceId)) {
      throw new ConfabError('not_found', 'There is no such device');
    }
    if (devices.some((one) => one.session_id === sessionId)) return;
    await this.#deps.committer.submit(moveDevice, { ...own, sessionId }, own.userId);
  }

  async post(userId: number, chatId: number, body: PostEpoch): Promise<EpochState> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const state = await this.#encrypted(chatId, userId);
    const { device } = readEpoch(userId, chatId, body);
    await this.#mustBeSigned(userId, device, 'epoch', signedPart(body), body.sig);
    const { recipients, ...shared } = body.jwe;
    const input = {
      chatId,
      userId,
      deviceId: device,
      epoch: body.epoch,
      jwe: JSON.stringify(shared),
      sig: body.sig,
      keys: recipients.map((one) => ({ keyId: one.header.kid, encryptedKey: one.encrypted_key })),
      at: now(),
    };
    const epoch = await committer.submit(postEpoch, input, chatId);
    this.posted++;
    this.#tell(state, epoch);
    return { epoch, is_stale: false };
  }

  #tell({ id, members }: ChatState, epoch: number): void {
    const told = frame('encryption.epoch', { chat_id: id as never, epoch });
    for (const userId of members.keys()) {
      this.#deps.bus.publish({ kind: 'user', userId, frame: told });
    }
  }

  async log(userId: number, chatId: number, query: AfterPage) {
    this.#deps.limitRead(userId);
    await this.#encrypted(chatId, userId);
    const rows = await this.#deps.chatKeys.entries(chatId, startOf(query, -1), query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.n), presentEntry);
  }

  async append(userId: number, chatId: number, { entry, sig }: AppendLog): Promise<StoredEntry> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const chat = await this.#encrypted(chatId, userId);
    if (Buffer.byteLength(entry) > LIMITS.logEntryBytes) {
      throw new ConfabError('too_large', `An entry has at most ${LIMITS.logEntryBytes} bytes`);
    }
    const read = readEntry(userId, chatId, entry);
    const { n, device } = read;
    await this.#mustBeSigned(userId, device, 'member', entry, sig);
    await this.#judge.mustFollow(chat, read);
    await committer.submit(appendEntry, { chatId, userId, n, entry, sig, at: now() }, chatId);
    return { n, entry, sig };
  }

  async #encrypted(chatId: number, userId: number): Promise<ChatState> {
    const state = await this.#deps.states.forMember(chatId, userId);
    if (!state.isEncrypted) {
      throw new ConfabError('not_supported', 'This chat is not encrypted');
    }
    return state;
  }

  /** Others check it again; but what they would refuse should not take a place. */
  async #mustBeSigned(
    userId: number,
    deviceId: string,
    domain: 'epoch' | 'member',
    text: string,
    signature: string,
  ): Promise<void> {
    const device = await this.#deps.keys.device(userId, deviceId);
    if (!device) {
      throw new ConfabError('invalid', 'It is from a device that is not on your list of devices');
    }
    if (!(await isSigned(device.signing_key, domain, text, signature))) {
      throw new ConfabError('bad_signature', 'The signature is not one of that device');
    }
  }
}

function presentSlice({ epoch, jwe, sig, key_id, encrypted_key }: SliceRow): EpochSlice {
  const isWrapped = key_id !== null && encrypted_key !== null;
  const recipient = { header: { alg: 'RSA-OAEP-256' as const, kid: key_id as string } };
  const recipients = isWrapped ? [{ ...recipient, encrypted_key }] : [];
  return { epoch, jwe: { ...JSON.parse(jwe), recipients }, sig };
}

const presentEntry = ({ n, entry, sig }: EntryRow): StoredEntry => ({ n, entry, sig });
