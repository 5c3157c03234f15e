import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  COMMANDS,
  type CommandType,
  ENDPOINTS,
  type Endpoint,
  type EndpointName,
  type Invite,
  type Message,
  type ScheduledMessage,
} from '@confab/protocol';
import { makeDeviceList } from '../../../client/src/e2ee/devices/device-list';
import { generateDevice, randomId } from '../../../client/src/e2ee/keys/device-keys';
import { generateSigningPair } from '../../../client/src/e2ee/keys/signing';
import { DIALECTS } from '../testing/databases';
import { text, upload } from '../testing/files';
import { patientClock } from '../testing/patient-clock';
import { TestServer } from '../testing/server';
import type { TestSocket } from '../testing/socket';
import type { TestUser } from '../testing/user';

/** Ids in a call: of a group that the caller is not in, or of nothing at all. */
interface Ids {
  chat_id: number;
  message_id: number;
  /** A member of the group. */
  user_id: number;
  session_id: number;
  /** Of an invitation to the group. */
  code: string;
  /** A message that the group's owner scheduled. */
  scheduled_id: number;
  /** The member's. */
  notification_id: number;
  mention_id: number;
  /** A file of the group's. */
  media_id: number;
  /** Of a picture of somebody. */
  name: string;
  /** The owner's, registered for encryption. */
  device_id: string;
}

const SIGNATURE = 'A'.repeat(86);

/** What an endpoint is sent besides its ids. The call would be good, were they the caller's. */
const BODIES: Partial<Record<EndpointName, (ids: Ids) => Record<string, unknown>>> = {
  updateChat: () => ({ name: 'Mine now' }),
  addMember: ({ user_id }) => ({ user_id }),
  updateMember: () => ({ nickname: 'Nick' }),
  chatSettings: () => ({ is_muted: true }),
  sendMessage: () => ({ content: 'hello' }),
  editMessage: () => ({ content: 'changed' }),
  createInvite: () => ({ max_uses: 1 }),
  updateScheduled: () => ({ content: 'changed' }),
  removeDevice: () => ({ device_list: '{}', list_signature: SIGNATURE }),
  grantApproval: () => ({
    device_list: '{}',
    list_signature: SIGNATURE,
    jwe: 'a.b.c.d.e',
    mac: 'A'.repeat(43),
  }),
  postEpoch: () => ({
    epoch: 1,
    jwe: {
      protected: 'eyJlbmMiOiJBMjU2R0NNIn0',
      aad: 'eyJ2IjoxfQ',
      iv: 'AAAAAAAAAAAAAAAA',
      ciphertext: '3q2-7w',
      tag: 'AAAAAAAAAAAAAAAAAAAAAA',
      recipients: [
        { header: { alg: 'RSA-OAEP-256', kid: 'A'.repeat(43) }, encrypted_key: 'd3JhcHBlZA' },
      ],
    },
    sig: SIGNATURE,
  }),
  appendMembershipLog: ({ chat_id }) => ({
    entry: JSON.stringify({ v: 1, chat: chat_id, n: 0, prev: null, action: 'leave' }),
    sig: SIGNATURE,
  }),
};

const QUERIES: Partial<Record<EndpointName, (ids: Ids) => string>> = {
  epochs: ({ device_id }) => `?device_id=${device_id}`,
};

const PUBLIC: ReadonlySet<EndpointName> = new Set([
  'getUser', // users are no secret: everybody may look everybody up
  'blockUser',
  'unblockUser',
  'invitePreview', // whoever has the code is invited
  'acceptInvite',
  'getAvatar', // a picture is for whoever knows its name
  'openMediaLink', // links: media.e2e.test.ts
  'publicKeyOf', // whoever may write to somebody may have their keys
  'deviceLists',
]);

/** What they carry is the caller's own and is checked first, whatever they name. */
const CHECKED_FIRST: ReadonlySet<EndpointName> = new Set(['removeDevice', 'grantApproval']);

const FIELDS: Record<CommandType, ((ids: Ids) => Record<string, unknown>) | undefined> = {
  send_message: ({ chat_id }) => ({ chat_id, content: 'hello' }),
  edit_message: ({ message_id }) => ({ message_id, content: 'changed' }),
  delete_message: ({ message_id }) => ({ message_id }),
  message_read: ({ chat_id, message_id }) => ({ chat_id, message_id }),
  message_delivered: ({ chat_id, message_id }) => ({ chat_id, message_id }),
  typing_start: ({ chat_id }) => ({ chat_id }),
  typing_stop: ({ chat_id }) => ({ chat_id }),
  join_chat: ({ chat_id }) => ({ chat_id }),
  leave_chat: ({ chat_id }) => ({ chat_id }),
  reaction_add: ({ message_id }) => ({ message_id, emoji: '👍' }),
  reaction_remove: ({ message_id }) => ({ message_id, emoji: '👍' }),
  // It names no id, or answers what is not the caller's as `removed`, known or not: see below.
  sync: undefined,
  ping: undefined,
  token_refresh: undefined,
};

const ID_NAMES = [
  'chat_id',
  'message_id',
  'user_id',
  'session_id',
  'code',
  'scheduled_id',
  'notification_id',
  'mention_id',
  'media_id',
  'name',
  'device_id',
] as const;
/** Those for administrators are closed to everybody else whatever the id: admin-access.e2e.test.ts. */
const endpoints = (Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]).filter(
  ([, endpoint]) => !endpoint.admin,
);
const paramsOf = (endpoint: Endpoint) => Object.keys(endpoint.params?.shape ?? {});
const guarded = endpoints.filter(([name, e]) => paramsOf(e).length > 0 && !PUBLIC.has(name));
const commands = (Object.keys(COMMANDS) as CommandType[]).filter((type) => FIELDS[type]);

const pathOf = (endpoint: Endpoint, ids: Ids) =>
  endpoint.path.replace(/\{(\w+)\}/g, (_, name) =>
    name === 'emoji' ? encodeURIComponent('👍') : String(ids[name as keyof Ids]),
  );

/** Ids in bodies and frames besides the ones above, and where they are tested. */
const ELSEWHERE = new Set([
  'createDirect.user_id', // users are no secret
  'createGroup.member_ids',
  'addMember.user_id',
  'createReport.message_id', // reports.e2e.test.ts
  'createReport.user_id',
  'sendMessage.reply_to_id', // replies.e2e.test.ts
  'sendMessage.media_ids',
  'scheduleMessage.chat_id', // scheduled.e2e.test.ts
  'scheduleMessage.reply_to_id',
  'scheduleMessage.media_ids',
  'send_message.reply_to_id',
  'searchMessages.chat_id', // below
  'searchMessages.sender_id',
  'send_message.media_ids',
  'generateKeys.device_id', // the caller's own: devices.e2e.test.ts
  'requestApproval.device_id',
  'epochs.device_id', // epochs.e2e.test.ts
  'encryptText.chat_id', // account-keys.e2e.test.ts
  'encryptText.recipient_user_id',
  'encryptText.recipient_user_ids',
  'decryptText.chat_id',
]);

function idsOf(schema: unknown): string[] {
  const names = Object.keys((schema as { shape?: object } | undefined)?.shape ?? {});
  return names.filter((name) => /_ids?$/.test(name) && name !== 'client_message_id');
}

describe('every call that names an id is in this matrix', () => {
  test.each(endpoints)('%s', (name, endpoint) => {
    const params = paramsOf(endpoint).filter((param) => param !== 'emoji');
    for (const param of params) expect(ID_NAMES as readonly string[]).toContain(param);
    if (params.length > 0 && endpoint.body) expect(BODIES[name]).toBeDefined();
    for (const id of idsOf(endpoint.body)) expect(ELSEWHERE).toContain(`${name}.${id}`);
    for (const id of idsOf(endpoint.query)) expect(ELSEWHERE).toContain(`${name}.${id}`);
  });

  test.each(Object.entries(COMMANDS))('%s', (type, schema) => {
    const ids = idsOf(schema).filter((id) => !ELSEWHERE.has(`${type}.${id}`));
    for (const id of ids) expect(ID_NAMES as readonly string[]).toContain(id);
    expect(FIELDS[type as CommandType] !== undefined).toBe(ids.length > 0);
  });
});

async function registerDevice(user: TestUser): Promise<string> {
  const [identity, { deviceId, wrapping, signing }] = await Promise.all([
    generateSigningPair(),
    generateDevice(),
  ]);
  const keys = {
    device_id: deviceId,
    public_key: wrapping.publicKey,
    signing_key: signing.publicKey,
  };
  const { text: device_list, signature: list_signature } = await makeDeviceList(
    identity.privateKey,
    { user: user.id, identityKey: identity.publicKey, devices: [keys], before: null },
  );
  const device = { ...keys, name: 'Laptop', device_list, list_signature };
  await user.must('POST', '/api/encryption/generate-keys', device);
  return deviceId;
}

describe.each(DIALECTS)(
  'an id that is not yours answers as one that does not exist, on %s',
  (dialect) => {
    let server: TestServer;
    let owner: TestUser;
    let member: TestUser;
    /** Somebody who shares no chat with them. */
    let stranger: TestUser;
    /** Somebody who was in the group and is not any more. */
    let removed: TestUser;
    let foreign: Ids;
    const missing = {
      ...Object.fromEntries(ID_NAMES.map((name) => [name, 7e8])),
      code: 'x'.repeat(24),
      name: `${'0'.repeat(32)}.webp`,
      device_id: randomId(),
    } as unknown as Ids;
    const sockets = new Map<TestUser, TestSocket>();

    beforeAll(async () => {
      const clock = patientClock;
      server = await TestServer.start({ dialect, clock, env: { RATE_LIMITS: 'off' } });
      const names = ['owner', 'member', 'stranger', 'removed'];
      [owner, member, stranger, removed] = (await Promise.all(
        names.map((name) => server.user(name)),
      )) as [TestUser, TestUser, TestUser, TestUser];
      const chat = await owner.group('Secret', member, removed);
      const message = await owner.send(chat.id, 'for members only');
      await removed.must('PUT', `/api/messages/${message.id}/reactions/👍`);
      for (const user of [stranger, removed]) sockets.set(user, await user.connect());
      await owner.must('DELETE', `/api/chats/${chat.id}/members/${removed.id}`);
      await owner.send(chat.id, `@${member.username}`);
      const { items } = await owner.must<{ items: { id: number }[] }>('GET', '/api/auth/sessions');
      const invite = await owner.must<Invite>('POST', `/api/chats/${chat.id}/invites`);
      const scheduled = await owner.must<ScheduledMessage>('POST', '/api/messages/scheduled', {
        chat_id: chat.id,
        content: 'for members only, later',
        send_at: new Date(Date.now() + 86_400_000),
      });
      const firstOf = async (list: string) =>
        (await member.must<{ items: { id: number }[] }>('GET', `/api/notifications${list}`))
          .items[0]?.id ?? 0;
      const [file] = await upload(owner, [text('for members only')], message.id);
      foreign = {
        media_id: file?.id ?? 0,
        name: missing.name,
        device_id: await registerDevice(owner),
        code: invite.code,
        scheduled_id: scheduled.id,
        chat_id: chat.id,
        message_id: message.id,
        user_id: member.id,
        session_id: items[0]?.id ?? 0,
        notification_id: await firstOf(''),
        mention_id: await firstOf('/mentions'),
      };
    });
    afterAll(() => server.stop());

    const who = () => [stranger, removed];

    async function ask(user: TestUser, name: EndpointName, ids: Ids) {
      const endpoint: Endpoint = ENDPOINTS[name];
      const body = BODIES[name]?.(ids);
      const path = pathOf(endpoint, ids) + (QUERIES[name]?.(ids) ?? '');
      const { status, body: answer } = await user.call(endpoint.method.toUpperCase(), path, body);
      const { code, title, detail } = answer;
      return { status, code, title, detail };
    }

    test.each(guarded.map(([name]) => name))('%s', async (name) => {
      for (const user of who()) {
        const answer = await ask(user, name, foreign);
        const refusal = CHECKED_FIRST.has(name) ? 'invalid' : 'not_found';
        expect(answer).toMatchObject({ code: refusal });
        expect(await ask(user, name, missing)).toEqual(answer);
      }
    });

    test.each(commands)('%s', async (type) => {
      for (const user of who()) {
        const socket = sockets.get(user) as TestSocket;
        const told = async (ids: Ids) => {
          const { request_id: _, ...frame } = await socket.request(type, FIELDS[type]?.(ids));
          return frame;
        };
        const answer = await told(foreign);
        expect(answer).toMatchObject({
          type: 'error',
          code: 'not_found',
          temporary: false,
        } as never);
        expect(await told(missing)).toEqual(answer);
      }
    });

    test("sync tells of another's chat what it tells of none", async () => {
      for (const user of who()) {
        const chats = { [foreign.chat_id]: 1, [missing.chat_id]: 1 };
        const answer = await user.must<Record<string, unknown>>('POST', '/api/sync', { chats });
        expect(answer).toMatchObject({ chats: {}, removed: [foreign.chat_id, missing.chat_id] });
        const live = await sockets.get(user)?.request('sync', { chats });
        expect(live).toMatchObject({
          chats: {},
          removed: [foreign.chat_id, missing.chat_id],
        } as never);
      }
    });

    test('a search in a foreign chat is one in none, and elsewhere it finds nothing of it', async () => {
      for (const user of who()) {
        const search = async (more: string) => {
          const { status, body } = await user.call('GET', `/api/messages/search?q=members${more}`);
          const { request_id: _, instance: __, ...answer } = body;
          return { status, ...answer };
        };
        const answer = await search(`&chat_id=${foreign.chat_id}`);
        expect(answer).toMatchObject({ status: 404, code: 'not_found' });
        expect(await search(`&chat_id=${missing.chat_id}`)).toEqual(answer);
        expect(await search(`&sender_id=${foreign.user_id}`)).toMatchObject({ items: [] });
        expect(await search('')).toMatchObject({ items: [], next_cursor: null });
      }
    });

    test("one's own message in a chat one has left is as foreign as the others'", async () => {
      const chat = await owner.group('Left', removed);
      const own = await removed.send(chat.id, 'I was here');
      await removed.must('DELETE', `/api/chats/${chat.id}/members/${removed.id}`);
      for (const name of ['editMessage', 'deleteMessage', 'receipts', 'addReaction'] as const) {
        const answer = await ask(removed, name, { ...foreign, message_id: own.id });
        expect(answer).toEqual(await ask(removed, name, missing));
      }
    });

    test('an id of the right chat with one of another chat is a missing one', async () => {
      const mine = await stranger.group('Mine', stranger);
      for (const user_id of [foreign.user_id, missing.user_id]) {
        const answer = await ask(stranger, 'removeMember', {
          ...foreign,
          chat_id: mine.id,
          user_id,
        });
        expect(answer).toMatchObject({ status: 404, code: 'not_a_member' });
      }
      const socket = sockets.get(stranger) as TestSocket;
      const answers = [];
      for (const message_id of [foreign.message_id, missing.message_id]) {
        const { request_id: _, ...frame } = await socket.request('message_read', {
          chat_id: mine.id,
          message_id,
        });
        answers.push(frame);
      }
      expect(answers[0]).toEqual(answers[1]);
    });

    test('nothing of all this changed anything, nor was anybody told', async () => {
      const { items } = await owner.must<{ items: Message[] }>(
        'GET',
        `/api/messages/${foreign.chat_id}`,
      );
      expect(items[0]).toMatchObject({ content: 'for members only', is_edited: false });
      expect(items.map((message) => message.content_type)).toEqual(['text', 'system', 'text']);
      const count = await member.must('GET', '/api/notifications/count');
      expect(count).toEqual({ unread: 3, mentions: 1 });
      for (const socket of sockets.values()) {
        await socket.settled();
        expect(JSON.stringify(socket.frames)).not.toContain('members only');
        const heard = socket.all('new_message').map(({ message }) => message.chat_id as number);
        expect(heard).not.toContain(foreign.chat_id);
      }
      await owner.must('GET', '/api/auth/me');
    });
  },
);
