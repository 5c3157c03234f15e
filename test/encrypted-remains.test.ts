import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { ChatId } from '@confab/protocol';
import { fromBase64Url } from '../packages/client/src/e2ee/encoding';
import { readyKeys } from '../packages/client/src/e2ee/testing/ready-keys';
import { createLog } from '../packages/server/src/observability/log';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { FakePushService } from '../packages/server/src/testing/push/fake-push-service';
import { holdsKey, remainsOf } from '../packages/server/src/testing/remains';
import { TestServer } from '../packages/server/src/testing/server';
import { eventually } from '../packages/server/src/testing/waiting';
import { secretsOf } from './support/device-secrets';
import { SecretPerson } from './support/secret-person';

/** What whoever steals a server finds of an encrypted conversation that real clients had. */

const CANARY = 'canary-7f3a91';
const EMOJI = '🦩';
/** What is shown in the end of all that is said. */
const SEEN = ['edited', 'reply', 'file', 'picture'].map((what) => `${CANARY} ${what}`);
const film = () =>
  new File([`${CANARY} film\n`.repeat(90_000)], `${CANARY}.txt`, { lastModified: 1 });

test.each(['base64', 'base64url', 'hex'] as const)(
  'a key that lies there in %s is found',
  (how) => {
    const key = crypto.getRandomValues(new Uint8Array(32));
    for (let before = 0; before < 3; before++) {
      const around = Buffer.concat([Buffer.alloc(before, 1), key, Buffer.alloc(40, 2)]);
      expect(holdsKey(Buffer.from(`x${around.toString(how)}`), key)).toBe(true);
      expect(holdsKey(around, key)).toBe(true);
    }
    expect(holdsKey(Buffer.alloc(500, 'x'), key)).toBe(false);
  },
);

describe.each(DIALECTS)('after an encrypted conversation, on %s,', (dialect) => {
  const lines: string[] = [];
  const people: SecretPerson[] = [];
  let push: FakePushService;
  let server: TestServer;
  let makeKeys: ReturnType<typeof readyKeys>;
  beforeEach(async () => {
    makeKeys = readyKeys();
    push = await FakePushService.start(Date.now);
    server = await TestServer.start({
      dialect,
      env: { RATE_LIMITS: 'off' },
      log: createLog('debug', { write: (line) => void lines.push(line) }),
      push: { random: () => 0.5, allowsThisMachine: true },
    });
  });
  afterEach(async () => {
    await Promise.all(people.splice(0).map((person) => person.close()));
    await server.stop();
    await push.stop();
    lines.length = 0;
  });

  async function person(name: string): Promise<SecretPerson> {
    const made = await SecretPerson.make({ url: server.url, name, makeKeys });
    people.push(made);
    return made;
  }

  /** Carol is not there: she gets pushes. */
  async function carol(): Promise<{ person: SecretPerson; recoveryKey: string }> {
    const made = await person('carol');
    const { recoveryKey } = await made.encryption.setUp('Phone');
    const { public_key } = await made.client.api.vapidPublicKey();
    await made.client.api.subscribeWebPush(push.subscribe(public_key));
    await made.close();
    return { person: made, recoveryKey: recoveryKey ?? '' };
  }

  /** Every kind of thing that is said, each with the canary in it. */
  async function talk(alice: SecretPerson, bob: SecretPerson, chat: ChatId): Promise<void> {
    await alice.client.send(chat, `${CANARY} text @${bob.client.userId}`);
    await bob.sees(chat, `${CANARY} text @${bob.client.userId}`);
    const { id } = bob.message(chat, `${CANARY} text @${bob.client.userId}`);
    await bob.client.send(chat, { content: `${CANARY} reply`, reply_to_id: id });
    await alice.sees(chat, `${CANARY} text @${bob.client.userId}`, `${CANARY} reply`);
    await alice.client.edit(id, `${CANARY} edited`);
    await bob.client.react(id, EMOJI);
    await alice.client.send(chat, { content: `${CANARY} file`, files: [film()] });
    const { files } = alice.encryption;
    const thumbnail = { blob: new Blob([`${CANARY} small`], { type: 'image/webp' }), width: 4 };
    const facts = { name: `${CANARY}.jpg`, type: 'image/jpeg', width: 40, height: 30 };
    const secret = await files.upload(new Blob([`${CANARY} large`]), facts, { thumbnail });
    const media_ids = [secret.media_id, secret.thumbnail?.media_id ?? 0] as never[];
    await alice.client.send(chat, {
      content: `${CANARY} picture`,
      secret: { media: [secret] },
      media_ids,
    });
    await alice.client.send(chat, `${CANARY} deleted`);
    await bob.sees(chat, ...SEEN, `${CANARY} deleted`);
    await alice.client.delete(bob.message(chat, `${CANARY} deleted`).id);
    await bob.sees(chat, ...SEEN, '(deleted)');
    await bob.until(() => bob.views(chat).some((one) => one.state === 'shown' && one.reactions[0]));
  }

  test('nothing that the server keeps, tells or logs has a word of it, or a key', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')];
    const keys = await Promise.all(
      [alice, bob].map(async (one) => (await one.encryption.setUp('Laptop')).recoveryKey),
    );
    const away = await carol();
    const chat = await alice.encryption.createGroup('Named in the open', [bob.id, away.person.id]);
    await talk(alice, bob, chat.id);
    const tablet = await person('bob');
    const { code } = await tablet.encryption.devices.requestApproval('Tablet');
    await bob.encryption.devices.approve(code);
    await tablet.encryption.waitForGrant();
    await tablet.sees(chat.id, ...SEEN, '(deleted)');
    await (await alice.encryption.members(chat.id)).remove(away.person.id);
    await alice.client.send(chat.id, `${CANARY} without Carol`);
    const wakes = () => push.messages.filter(({ content }) => kindOf(content) === 'message');
    await eventually(() => wakes().length > 3, 'Pushes');
    for (const one of [alice, bob]) one.encryption.stop();

    const told = Buffer.from(JSON.stringify(push.messages) + lines.join(''));
    const left = Buffer.concat([await remainsOf(server), told]);
    const { device } = await secretsOf(alice);
    expect(left.includes(device.device_id)).toBe(true);
    expect(left.includes('Named in the open')).toBe(true);
    for (const word of [CANARY, EMOJI, 'image/jpeg', 'PRIVATE KEY', code]) {
      expect([word, left.includes(word)]).toEqual([word, false]);
    }
    for (const shown of [...keys, away.recoveryKey]) {
      expect(left.includes(shown ?? '')).toBe(false);
    }
    for (const secret of await everySecret([alice, bob, tablet, away.person], chat.id)) {
      expect(holdsKey(left, fromBase64Url(secret))).toBe(false);
    }
    for (const { content } of wakes()) expect(Object.keys(content).sort()).toEqual(['data', 'tag']);
  }, 60_000);

  async function everySecret(all: SecretPerson[], chat: ChatId): Promise<Set<string>> {
    const held = all.map(async (one) => (await secretsOf(one)).everything());
    const views = all.flatMap((one) => one.views(chat));
    const media = views.flatMap((view) => (view.state === 'shown' ? view.media : []));
    const files = media.flatMap(({ key, thumbnail }) => [
      key,
      ...(thumbnail ? [thumbnail.key] : []),
    ]);
    const secrets = new Set([...(await Promise.all(held)).flat(), ...files]);
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(secrets.size).toBeGreaterThan(3 * all.length + files.length / 3);
    return secrets;
  }
});

const kindOf = ({ data }: Readonly<Record<string, unknown>>) =>
  (data as { readonly type?: string } | undefined)?.type;
