import type { ChatId, UserId } from '@confab/protocol';
import { ClientError } from '../../errors';
import type { Api } from '../../rest/api';
import type { SignedDeviceList } from '../devices/device-list';
import type { MemberRole } from '../membership/entry';
import type { ChatServer } from './chat-server';
import { type KeyServer, Outrun } from './key-server';

const PAGE = 100;
/** What compares and sets, when somebody else was faster. */
const OUTRUN: ReadonlySet<string> = new Set([
  'stale_list',
  'stale_backup',
  'stale_epoch',
  'stale_log',
]);

/** The engine's requests over the REST calls. */
export function apiKeyServer(api: Api): KeyServer & ChatServer {
  return { ...listCalls(api), ...backupCalls(api), ...approvalCalls(api), ...chatCalls(api) };
}

type ListCalls = 'deviceList' | 'deviceLists' | 'registerDevice' | 'putDeviceList' | 'devices';
type ApprovalCalls =
  | 'requestApproval'
  | 'approvalRequests'
  | 'approvalState'
  | 'grantApproval'
  | 'refuseApproval';
type KeyCalls = 'membershipLog' | 'appendMembership' | 'epochs' | 'postEpoch';

function listCalls({ encryption }: Api): Pick<KeyServer, ListCalls> {
  return {
    deviceList: async (user) => {
      const keys = await orNull(encryption.publicKeyOf(user as UserId));
      return signedList(keys?.device_list, keys?.list_signature);
    },
    deviceLists: async (user) => {
      const all = await pages((cursor) =>
        encryption.deviceLists(user as UserId, { limit: PAGE, ...cursor }),
      );
      return all.map((one) => ({ text: one.device_list, signature: one.list_signature }));
    },
    registerDevice: async (device, list, reset) => {
      const body = { ...device, ...asBody(list), ...(reset ? { reset } : {}) };
      await compared(encryption.generateKeys(body));
    },
    putDeviceList: async (list) => {
      await compared(encryption.putDeviceList(asBody(list)));
    },
    devices: async () => {
      const { items } = await encryption.devices();
      return items.map(({ id, name, created_at, last_seen }) => ({
        device_id: id,
        name,
        created_at,
        last_seen,
      }));
    },
  };
}

function backupCalls({ encryption }: Api): Pick<KeyServer, 'backup' | 'putBackup'> {
  return {
    backup: () => encryption.backup(),
    putBackup: async (version, backup) =>
      (await compared(encryption.putBackup({ version, backup }))).version,
  };
}

function approvalCalls({ encryption }: Api): Pick<KeyServer, ApprovalCalls> {
  return {
    requestApproval: async (request) => {
      await encryption.requestApproval(request);
    },
    approvalRequests: async () => {
      const { items } = await encryption.approvals();
      return items.filter(({ state }) => state === 'pending');
    },
    approvalState: async (deviceId) => {
      const found = await orNull(encryption.approval(deviceId));
      if (!found) return null;
      if (found.state !== 'granted') return { state: found.state };
      if (!found.grant) throw new ClientError('bad_answer', 'The server kept the grant back');
      return { state: 'granted', grant: found.grant };
    },
    grantApproval: async (deviceId, list, grant) => {
      await compared(encryption.grantApproval(deviceId, { ...asBody(list), ...grant }));
    },
    refuseApproval: async (deviceId) => {
      await encryption.refuseApproval(deviceId);
    },
  };
}

function chatCalls(api: Api): Pick<KeyServer, KeyCalls> & ChatServer {
  const { encryption } = api;
  return {
    membershipLog: (chat, from) =>
      pages((cursor) =>
        encryption.membershipLog(chat as ChatId, {
          limit: PAGE,
          ...(from > 0 ? { after: from - 1 } : {}),
          ...cursor,
        }),
      ),
    appendMembership: async (chat, entry) => {
      await compared(encryption.appendMembershipLog(chat as ChatId, entry));
    },
    epochs: (chat, deviceId, after) =>
      pages((cursor) =>
        encryption.epochs(chat as ChatId, deviceId, { limit: PAGE, after, ...cursor }),
      ),
    postEpoch: async (chat, epoch) => {
      await compared(encryption.postEpoch(chat as ChatId, epoch));
    },
    facts: async (chat) => {
      const { chat_type, is_encrypted } = await api.chat(chat as ChatId);
      return { kind: chat_type, isEncrypted: is_encrypted };
    },
    members: async (chat) => {
      const all = await pages((cursor) => api.members(chat as ChatId, { limit: PAGE, ...cursor }));
      return all.map((member) => member.user_id);
    },
    ...memberChanges(api),
  };
}

/** Each answers well when it was done before: it is repeated after a crash. */
function memberChanges(api: Api): Pick<ChatServer, 'addMember' | 'removeMember' | 'setRole'> {
  return {
    addMember: async (chat, user, role) => {
      const adding = api.addMember(chat as ChatId, { user_id: user as UserId, role });
      await adding.catch(unless('already_a_member'));
    },
    removeMember: async (chat, user) => {
      const removing = api.removeMember(chat as ChatId, user as UserId);
      await removing.catch(unless('not_found', 'not_a_member'));
    },
    setRole: async (chat, user, role: MemberRole) => {
      await api.updateMember(chat as ChatId, user as UserId, { role });
    },
  };
}

const asBody = ({ text, signature }: SignedDeviceList) => ({
  device_list: text,
  list_signature: signature,
});

const signedList = (
  text: string | null | undefined,
  signature: string | null | undefined,
): SignedDeviceList | null => (text && signature ? { text, signature } : null);

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

async function pages<T>(ask: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<T> = await ask(cursor === undefined ? {} : { cursor });
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

/** Who has no keys, and what is not there, is no failure. */
const orNull = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(unless('not_found'));

const unless =
  (...codes: string[]) =>
  (error: unknown): null => {
    if (error instanceof ClientError && codes.includes(error.code)) return null;
    throw error;
  };

async function compared<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const isOutrun = error instanceof ClientError && OUTRUN.has(error.code);
    throw isOutrun ? new Outrun(error.message, { cause: error }) : error;
  }
}
