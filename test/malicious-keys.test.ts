import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Chat } from '@confab/protocol';
import { makeDeviceList } from '../packages/client/src/e2ee/devices/device-list';
import { fromBase64Url } from '../packages/client/src/e2ee/encoding';
import type { PostedEpoch } from '../packages/client/src/e2ee/epochs/epoch';
import { importSigningKey } from '../packages/client/src/e2ee/keys/signing';
import { keyId } from '../packages/client/src/e2ee/keys/wrapping';
import { makeEntry } from '../packages/client/src/e2ee/membership/entry';
import { listed } from '../packages/client/src/e2ee/testing/people';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { DeceivedWorld, reasonIn } from './support/deceived-world';
import { secretsOf } from './support/device-secrets';
import { flipped, ofAll, ofEpochs, ofLists, ofLogs, relabelled } from './support/lies';
import type { SecretPerson } from './support/secret-person';

/**
 * The real clients and the real server, with whoever took it over in between: what he makes of keys,
 * lists and logs. Nobody gets keys whom the members did not let in.
 */

const NOBODYS_DEVICE = `${'A'.repeat(21)}A`;
const PROMISED = { enc: 'A256GCM', typ: 'epoch+jwe' };

describe.each(DIALECTS)('a malicious server, on %s:', (dialect) => {
  let world: DeceivedWorld;
  let alice: SecretPerson;
  let bob: SecretPerson;
  let chat: Chat;
  beforeAll(async () => {
    world = await DeceivedWorld.start(dialect);
  });
  beforeEach(async () => {
    ({ alice, bob, chat } = await world.begin());
  });
  afterEach(async () => {
    expect(world.invented()).toEqual([]);
    await world.end();
  });
  afterAll(() => world.stop());

  /** Bob's client comes again, and asks for everything anew. */
  const comeAgain = async () => {
    world.proxy.hangUp();
    await bob.until(() => bob.client.connection.name !== 'online');
    await bob.until(() => bob.client.connection.name === 'online');
  };
  /** The code with which Bob's message is refused on his own device. */
  const failureOf = async ({ id }: Chat, text: string) => {
    await bob.client.send(id, text);
    return bob.until(
      () => bob.client.pending(id).find(({ status }) => status === 'failed')?.error?.code,
    );
  };
  /** The epochs that Bob posted, and to whom. */
  const posted = () =>
    world.proxy.asked
      .filter(({ call }) => /^POST .*\/epochs$/.test(call))
      .map(({ body }) => (JSON.parse(body) as PostedEpoch).jwe.recipients.map((r) => r.header.kid));
  const kidOf = async (person: SecretPerson) => keyId((await secretsOf(person)).device.public_key);

  describe('an epoch', () => {
    const jwe = (change: (jwe: PostedEpoch['jwe']) => object) => (epoch: PostedEpoch) => ({
      ...epoch,
      jwe: { ...epoch.jwe, ...change(epoch.jwe) },
    });
    const head = (change: object) =>
      jwe((one) => ({ protected: relabelled(one.protected, { ...PROMISED, ...change }) }));
    const aad = (change: object) => jwe((one) => ({ aad: relabelled(one.aad, change) }));
    const slice = (change: (one: PostedEpoch['jwe']['recipients'][number]) => object) =>
      jwe(({ recipients }) => ({ recipients: recipients.map(change) }));

    const LIES: [string, reason: string, (epoch: PostedEpoch) => object][] = [
      ['a weaker cipher', 'unsupported_algorithm', head({ enc: 'A128CBC-HS256' })],
      ['compression', 'unsupported_algorithm', head({ zip: 'DEF' })],
      [
        'a weaker wrapping',
        'malformed',
        slice((one) => ({ ...one, header: { alg: 'RSA1_5', kid: one.header.kid } })),
      ],
      ['a flipped bit', 'bad_signature', jwe((one) => ({ ciphertext: flipped(one.ciphertext) }))],
      ['a flipped signature', 'bad_signature', (epoch) => ({ ...epoch, sig: flipped(epoch.sig) })],
      ['another chat', 'misplaced', aad({ chat: 1_000_000 })],
      ['another number', 'misplaced', aad({ epoch: 9 })],
      ['another log', 'bad_signature', aad({ log: 'A'.repeat(43) })],
      ['a device that nobody has', 'unknown_device', aad({ device: NOBODYS_DEVICE })],
      ['a newer version', 'unsupported_version', aad({ v: 2 })],
      [
        'a slice that was changed',
        'undecryptable',
        slice((one) => ({ ...one, encrypted_key: flipped(one.encrypted_key) })),
      ],
    ];
    test.each(LIES)('with %s: %s, until the true one comes', async (_, reason, change) => {
      world.proxy.tampering = ofEpochs(change);
      await world.say(alice, chat.id, 'the truth');
      await bob.sees(chat.id, '(missing_key)');
      expect([...new Set(bob.refusals)]).toEqual([reason]);
      world.proxy.tampering = {};
      await comeAgain();
      await bob.sees(chat.id, 'the truth');
    });

    test('under the name of another device’s key, or kept back, is not there until it comes', async () => {
      const relabel = slice((one) => ({ ...one, header: { ...one.header, kid: 'A'.repeat(43) } }));
      world.proxy.tampering = ofEpochs(relabel);
      await world.say(alice, chat.id, 'one');
      await bob.sees(chat.id, '(missing_key)');
      world.proxy.tampering = ofAll(['items'], ({ items, ...page }) => ({
        ...page,
        items: (items as object[]).filter((one) => !('jwe' in one)),
      }));
      await world.say(alice, chat.id, 'two');
      await bob.sees(chat.id, '(missing_key)', '(missing_key)');
      expect(bob.refusals).toEqual([]);
    });
  });

  describe('a device list', () => {
    /** What Bob does when Alice's list comes so. */
    async function told(change: Parameters<typeof ofLists>[1]): Promise<void> {
      await world.say(alice, chat.id, 'one');
      await bob.sees(chat.id, 'one');
      world.proxy.tampering = ofLists(alice.id, change);
      await comeAgain();
      await world.say(bob, chat.id, 'two');
      await alice.sees(chat.id, 'one', 'two');
    }

    /** Alice's list as she would sign it, with another device. */
    async function signed(before: string | null, identity?: { public: string; private: string }) {
      const own = await secretsOf(alice);
      const { public: identityKey, private: key } = identity ?? own.identity;
      const devices = [own.device, listed(await world.makeKeys())];
      const plan = { user: alice.id, identityKey, devices, before };
      return makeDeviceList(await importSigningKey(fromBase64Url(key)), plan);
    }

    test('with a ghost device in it: bad_signature', async () => {
      const ghost = listed(await world.makeKeys());
      await told(({ device_list }) => {
        const { version, devices, ...rest } = JSON.parse(device_list);
        const list = { ...rest, version: version + 1, devices: [...devices, ghost] };
        return { device_list: JSON.stringify(list), version: version + 1 };
      });
      expect([...new Set(bob.refusals)]).toEqual(['bad_signature']);
    });

    test('of somebody else: misplaced', async () => {
      const mallory = await world.person('mallory');
      const theirs = await alice.client.api.encryption.publicKeyOf(mallory.id);
      const { device_list, list_signature } = theirs;
      await told(() => ({ device_list, list_signature }));
      expect([...new Set(bob.refusals)]).toEqual(['misplaced']);
    });

    test('beside another one of the same version: list_forked', async () => {
      const list = await signed(null);
      await told(() => ({ device_list: list.text, list_signature: list.signature }));
      expect([...new Set(bob.refusals)]).toEqual(['list_forked']);
    });

    test('from before a device was taken off: list_rollback, and that device gets no key', async () => {
      const phone = await SecondDevice.letIn(world, alice);
      const withPhone = await alice.client.api.encryption.publicKeyOf(alice.id);
      await world.say(alice, chat.id, 'with the phone');
      await bob.sees(chat.id, 'with the phone');
      await alice.encryption.removeDevice(phone.id);
      world.proxy.tampering = {};
      await comeAgain();
      await world.say(bob, chat.id, 'without it');
      await alice.sees(chat.id, 'with the phone', 'without it');
      const { device_list, list_signature } = withPhone;
      world.proxy.tampering = ofLists(alice.id, () => ({ device_list, list_signature }));
      await comeAgain();
      await world.say(bob, chat.id, 'still without it');
      await alice.sees(chat.id, 'with the phone', 'without it', 'still without it');
      expect([...new Set(bob.refusals)]).toEqual(['list_rollback']);
      expect(posted().flat()).not.toContain(await kidOf(phone.person));
    });

    test('of another identity: it is told, and stops what goes to a verified contact', async () => {
      await world.say(alice, chat.id, 'one');
      await bob.sees(chat.id, 'one');
      const { contacts } = bob.encryption;
      await contacts.verify(alice.id, (await contacts.safetyNumber(alice.id)).digits);
      const mallory = await world.person('mallory');
      const forged = await signed(null, (await secretsOf(mallory)).identity);
      world.proxy.tampering = ofLists(alice.id, () => ({
        device_list: forged.text,
        list_signature: forged.signature,
      }));
      await comeAgain();
      expect(await failureOf(chat, 'never sent')).toBe('identity_changed');
      await expect(bob.client.send(chat.id, 'nor this')).rejects.toMatchObject({
        code: 'identity_changed',
      });
      expect(bob.changes).toEqual([{ user_id: alice.id, was_verified: true }]);
      expect(posted()).toEqual([]);
      await alice.sees(chat.id, 'one');
    });
  });

  describe('a membership', () => {
    test('that it invented brings no key', async () => {
      const mallory = await world.person('mallory');
      world.proxy.tampering = ofAll(['items'], (page) => {
        const items = page.items as readonly { user_id?: number; role?: string }[];
        const [first] = items;
        return first?.role
          ? { ...page, items: [...items, { ...first, user_id: mallory.id }] }
          : page;
      });
      const group = await bob.encryption.createGroup('Ours', [alice.id]);
      await world.say(bob, group.id, 'among us');
      await alice.sees(group.id, 'among us');
      expect(posted().map((kids) => kids.length)).toEqual([2]);
      expect(posted().flat()).not.toContain(await kidOf(mallory));
      expect(await (await bob.encryption.members(group.id)).unsigned()).toEqual([mallory.id]);
    });

    const add = { action: 'add', role: 'member' } as const;
    type Forge = (entry: { entry: string; sig: string }, own: string) => Promise<object[]>;
    const byMallory = async (text: string, change: object = {}) => {
      const mallory = await world.person('mallory');
      const { device, signing } = await secretsOf(mallory);
      const prev = new Bun.CryptoHasher('sha256').update(text).digest('base64url');
      const place = { chat: chat.id, n: 1, prev, by: mallory.id, device: device.device_id, at: 0 };
      return makeEntry(signing, { ...place, ...change }, { ...add, user: mallory.id });
    };
    const LIES: [string, reason: string, Forge][] = [
      [
        'by somebody who is no member',
        'not_a_member',
        async (first) => [first, await byMallory(first.entry)],
      ],
      [
        'in a member’s name',
        'unknown_device',
        async (first) => [first, await byMallory(first.entry, { by: alice.id })],
      ],
      [
        'from a member’s device',
        'bad_signature',
        async (first, device) => [first, await byMallory(first.entry, { by: alice.id, device })],
      ],
      ['that does not follow', 'log_broken', async (first) => [first, await byMallory('other')]],
      ['without its beginning', 'log_broken', async (first) => [await byMallory(first.entry)]],
      [
        'of another chat',
        'misplaced',
        async (first) => [{ ...first, entry: first.entry.replace(/"chat":\d+/, '"chat":999') }],
      ],
      [
        'with other members in it',
        'bad_signature',
        async (first) => [
          { ...first, entry: first.entry.replace('"share":false', '"share":true') },
        ],
      ],
    ];
    test.each(LIES)(
      'log with an entry %s: %s, and nothing is written',
      async (_, reason, forge) => {
        const group = await alice.encryption.createGroup('Log', []);
        chat = group;
        const log = await alice.client.api.encryption.membershipLog(group.id);
        const { device } = await secretsOf(alice);
        const forged = await forge(log.items[0] as never, device.device_id);
        world.proxy.tampering = ofLogs((entries) =>
          entries.some(({ entry }) => entry.includes(`"chat":${group.id},`)) ? forged : entries,
        );
        await (await alice.encryption.members(group.id)).add(bob.id);
        await bob.until(() => bob.client.chat(group.id) !== undefined);
        expect(await failureOf(group, 'never sent')).toBe('cannot_encrypt');
        await bob.until(() => bob.faults.length > 0);
        expect(new Set(bob.faults.map(reasonIn))).toEqual(new Set([reason]));
        expect(posted()).toEqual([]);
      },
    );
  });
});

/** Alice's phone. */
class SecondDevice {
  private constructor(
    readonly person: SecretPerson,
    readonly id: string,
  ) {}

  static async letIn(world: DeceivedWorld, alice: SecretPerson): Promise<SecondDevice> {
    const person = await world.person('alice', { keys: false });
    const { code } = await person.encryption.devices.requestApproval('Phone');
    await alice.encryption.devices.approve(code);
    await person.encryption.waitForGrant();
    return new SecondDevice(person, (await secretsOf(person)).device.device_id);
  }
}
