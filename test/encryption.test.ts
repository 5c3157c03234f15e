import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { Message } from '@confab/protocol';
import type { DeviceKeys } from '../packages/client/src/e2ee/keys/device-keys';
import { readyKeys } from '../packages/client/src/e2ee/testing/ready-keys';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { TestServer } from '../packages/server/src/testing/server';
import { SecretPerson } from './support/secret-person';

/** The SDK with encryption against the real server, over real sockets. */

describe.each(DIALECTS)('on %s,', (dialect) => {
  let server: TestServer;
  let makeKeys: () => Promise<DeviceKeys>;
  let people: SecretPerson[] = [];
  let names = 0;

  beforeAll(async () => {
    server = await TestServer.start({ dialect, env: { RATE_LIMITS: 'off' } });
  });
  beforeEach(async () => {
    await Promise.all(people.map((person) => person.close()));
    people = [];
    makeKeys = readyKeys();
  });
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await server.stop();
  });

  async function person(name: string): Promise<SecretPerson> {
    const made = await SecretPerson.make({ url: server.url, name, makeKeys });
    people.push(made);
    return made;
  }

  async function pair() {
    const run = ++names;
    const [alice, bob] = [await person(`alice${run}`), await person(`bob${run}`)];
    const recovery = (await alice.encryption.setUp('Laptop')).recoveryKey ?? '';
    await bob.encryption.setUp('Laptop');
    return { alice, bob, recovery, run };
  }

  describe('an encrypted direct chat', () => {
    test('is read on both sides, and the server has no text of it', async () => {
      const { alice, bob } = await pair();
      const chat = await alice.encryption.openDirect(bob.id);
      expect(chat.is_encrypted).toBe(true);
      await alice.client.send(chat.id, 'Hello, Bob');
      await bob.sees(chat.id, 'Hello, Bob');
      await bob.client.send(chat.id, 'Hello, Alice');
      await alice.sees(chat.id, 'Hello, Bob', 'Hello, Alice');
      expect(bob.client.messages(chat.id).map(({ content }) => content)).toEqual(['', '']);
      expect(alice.encryption.stats()).toMatchObject({ opened: 2, refused: {}, waiting: 0 });
    });

    test('takes edits, reactions, replies and deletions, each signed', async () => {
      const { alice, bob } = await pair();
      const chat = await alice.encryption.openDirect(bob.id);
      await alice.client.send(chat.id, 'first');
      await bob.sees(chat.id, 'first');
      await bob.client.react(bob.message(chat.id, 'first').id, '👍');
      const reacted = await alice.until(() =>
        alice.views(chat.id).find((view) => view.state === 'shown' && view.reactions.length > 0),
      );
      expect(reacted).toMatchObject({ reactions: [{ emoji: '👍', user_ids: [bob.id] }] });
      expect(alice.client.chat(chat.id)?.unread_count).toBe(0);
      await alice.client.edit(alice.message(chat.id, 'first').id, 'edited');
      await bob.sees(chat.id, 'edited');
      const reply_to_id = bob.message(chat.id, 'edited').id;
      await bob.client.send(chat.id, { content: 'yes', reply_to_id });
      await alice.sees(chat.id, 'edited', 'yes');
      expect(alice.views(chat.id).at(-1)).toMatchObject({
        quote: { message_id: reply_to_id, sender_id: alice.id, text: 'edited' },
      });
      await alice.client.delete(alice.message(chat.id, 'edited').id);
      await bob.sees(chat.id, '(deleted)', 'yes');
      await bob.until(() => {
        const [view] = bob.views(chat.id);
        return view?.state === 'deleted' && view.by === alice.id;
      });
      // What it said is not kept: the reply, the reaction and the statement of the deletion are.
      await bob.until(() => bob.encryption.stats().opened === 3);
    });
  });

  test('nobody deletes what is not theirs, and nothing is left of the try', async () => {
    const { alice, bob } = await pair();
    const chat = await alice.encryption.openDirect(bob.id);
    await alice.client.send(chat.id, 'mine');
    await bob.sees(chat.id, 'mine');
    const tried = bob.client.delete(bob.message(chat.id, 'mine').id);
    await expect(tried).rejects.toThrow('Only its sender, an admin or the owner may delete this');
    await bob.client.send(chat.id, 'sorry');
    await alice.sees(chat.id, 'mine', 'sorry');
    expect(bob.client.pending()).toEqual([]);
  });

  test('nothing is said of a message that the server tells as another one', async () => {
    const { alice, bob } = await pair();
    const chat = await alice.encryption.openDirect(bob.id);
    for (const text of ['I agree', 'I refuse']) await alice.client.send(chat.id, text);
    await bob.sees(chat.id, 'I agree', 'I refuse');
    await alice.sees(chat.id, 'I agree', 'I refuse');
    const relabelled = (one: SecretPerson) => {
      const [agreed, refused] = ['I agree', 'I refuse'].map((text) => one.message(chat.id, text));
      return { ...agreed, client_message_id: refused?.client_message_id } as Message;
    };
    const refusal = { code: 'cannot_encrypt', cause: { reason: 'misplaced' } };
    await expect(bob.client.react(relabelled(bob), '👍')).rejects.toMatchObject(refusal);
    await expect(alice.client.edit(relabelled(alice), 'No')).rejects.toMatchObject(refusal);
    await expect(alice.client.delete(relabelled(alice))).rejects.toMatchObject(refusal);
    expect(bob.encryption.view(relabelled(bob))).toEqual({ state: 'refused', reason: 'misplaced' });
    await bob.sees(chat.id, 'I agree', 'I refuse');
  });

  describe('a group', () => {
    test('takes out whom the server took out already, as after a crash in between', async () => {
      const { alice, bob } = await pair();
      const chat = await alice.encryption.createGroup('Plans', [bob.id]);
      const members = await alice.encryption.members(chat.id);
      await alice.client.api.removeMember(chat.id, bob.id);
      await members.remove(bob.id);
      await members.add(bob.id);
      await alice.client.send(chat.id, 'again');
      await bob.sees(chat.id, 'again');
    });

    test('gives keys to its members of the moment alone', async () => {
      const { alice, bob, run } = await pair();
      const carol = await person(`carol${run}`);
      await carol.encryption.setUp('Phone');
      const chat = await alice.encryption.createGroup('Plans', [bob.id]);
      await alice.client.send(chat.id, 'one');
      await bob.sees(chat.id, 'one');
      await (await alice.encryption.members(chat.id)).add(carol.id);
      await bob.client.send(chat.id, 'two');
      await carol.sees(chat.id, '(missing_key)', 'two');
      await (await alice.encryption.members(chat.id)).remove(carol.id);
      await alice.client.send(chat.id, 'three');
      await bob.sees(chat.id, 'one', 'two', 'three');
    });
  });

  describe('a second device', () => {
    test('reads everything after the recovery key', async () => {
      const { alice, bob, recovery, run } = await pair();
      const chat = await alice.encryption.openDirect(bob.id);
      await bob.client.send(chat.id, 'before');
      await alice.sees(chat.id, 'before');
      const phone = await person(`alice${run}`);
      await phone.encryption.recover('Phone', { key: recovery });
      await phone.sees(chat.id, 'before');
      await bob.client.send(chat.id, 'after');
      await phone.sees(chat.id, 'before', 'after');
      await alice.sees(chat.id, 'before', 'after');
    });

    test('is let in by the code that it shows', async () => {
      const { alice, bob, run } = await pair();
      const chat = await alice.encryption.openDirect(bob.id);
      await bob.client.send(chat.id, 'before');
      await alice.sees(chat.id, 'before');
      const phone = await person(`alice${run}`);
      const requested = new Promise<void>((resolve) =>
        alice.encryption.on('device_requested', () => resolve()),
      );
      const { code } = await phone.encryption.devices.requestApproval('Phone');
      const granted = phone.encryption.waitForGrant();
      await requested;
      await alice.encryption.devices.approve(code);
      await granted;
      await phone.sees(chat.id, 'before');
      await phone.client.send(chat.id, 'from the phone');
      await bob.sees(chat.id, 'before', 'from the phone');
    });
  });

  describe('a contact', () => {
    test('has the same safety number on both sides, and a changed key stops what is sent', async () => {
      const { alice, bob, run } = await pair();
      const chat = await alice.encryption.openDirect(bob.id);
      await alice.client.send(chat.id, 'one');
      await bob.sees(chat.id, 'one');
      const number = await alice.encryption.contacts.safetyNumber(bob.id);
      expect(await bob.encryption.contacts.safetyNumber(alice.id)).toEqual(number);
      await alice.encryption.contacts.verify(bob.id, number.digits);
      const changed = new Promise((resolve) => alice.encryption.on('key_changed', resolve));
      const other = await person(`bob${run}`);
      await other.encryption.resetIdentity('Other');
      const failed = alice.client.send(chat.id, 'two');
      await failed.catch(() => {});
      expect(await changed).toEqual({ user_id: bob.id, was_verified: true });
      await expect(alice.client.send(chat.id, 'three')).rejects.toMatchObject({
        code: 'identity_changed',
      });
    });
  });
});
