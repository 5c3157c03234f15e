import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { MediaSecret } from '@confab/client/e2ee';
import type { Chat } from '@confab/protocol';
import { listed } from '../packages/client/src/e2ee/testing/people';
import { DIALECTS } from '../packages/server/src/testing/databases';
import { DeceivedWorld, reasonIn } from './support/deceived-world';
import { flipped, ofAll, relabelled } from './support/lies';
import type { SecretPerson } from './support/secret-person';

/**
 * The real clients and the real server, with whoever took it over in between: what he makes of files,
 * of backups, and of devices that ask to be let in.
 */

const CHUNK = 1024 * 1024 + 16;
const LINE = 'a line of some film\n';
const FILM = LINE.repeat(Math.ceil((2.5 * 1024 * 1024) / LINE.length));

type Bytes = Uint8Array<ArrayBuffer>;

const refusal = (action: Promise<unknown>) => action.then(() => 'accepted', reasonIn);

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

  describe('a file', () => {
    async function sent(text: string): Promise<MediaSecret> {
      world.sent.add(text);
      const file = new File([FILM], 'film.txt', { lastModified: 1 });
      await alice.client.send(chat.id, { content: text, files: [file] });
      return bob.until(() => {
        const view = bob.views(chat.id).find((one) => one.state === 'shown' && one.text === text);
        return view?.state === 'shown' ? view.media[0] : undefined;
      });
    }

    const LIES: [string, (bytes: Bytes) => Bytes][] = [
      ['with a flipped bit', (bytes) => bytes.with(CHUNK + 7, (bytes[CHUNK + 7] ?? 0) ^ 1)],
      [
        'with chunks in another order',
        (bytes) =>
          joined(bytes.slice(CHUNK, 2 * CHUNK), bytes.slice(0, CHUNK), bytes.slice(2 * CHUNK)),
      ],
      [
        'with a chunk twice',
        (bytes) => joined(bytes.slice(0, CHUNK), bytes.slice(0, CHUNK), bytes.slice(2 * CHUNK)),
      ],
      [
        'without its end, filled up',
        (bytes) => joined(bytes.slice(0, 2 * CHUNK), new Uint8Array(bytes.length - 2 * CHUNK)),
      ],
    ];
    test.each(LIES)('%s is undecryptable', async (_, change) => {
      const secret = await sent('film');
      world.proxy.tampering = { bytes: change };
      expect(await refusal(bob.encryption.files.read(secret))).toBe('undecryptable');
      world.proxy.tampering = {};
      expect(await (await bob.encryption.files.read(secret)).text()).toBe(FILM);
    });

    test('in place of another one is undecryptable', async () => {
      const [first, second] = [await sent('one'), await sent('two')];
      const swapped = { ...second, media_id: first.media_id };
      expect(await refusal(bob.encryption.files.read(swapped))).toBe('undecryptable');
    });

    test('of which but the beginning is handed out is given up', async () => {
      const secret = await sent('film');
      const startOf = (range: string | null) => Number(/\d+/.exec(range ?? '0'));
      world.proxy.tampering = {
        bytes: (bytes, _, range) => bytes.slice(0, Math.max(0, 2 * CHUNK - startOf(range))),
      };
      const got: number[] = [];
      const stream = await bob.encryption.files.stream(secret);
      const reading = (async () => {
        for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
          got.push(part.length);
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: 'download_incomplete' });
      expect(got.reduce((sum, length) => sum + length, 0)).toBeLessThan(FILM.length);
    });
  });

  describe('a backup', () => {
    /** What Bob's new device finds when it opens the backup so. */
    async function recovering(change: (backup: { head: string; c: string }) => object) {
      const phone = await world.person('bob', { deceived: true, keys: false });
      world.proxy.tampering = ofAll(['head', 'c'], (object) => ({
        ...object,
        ...change(object as { head: string; c: string }),
      }));
      const { recoveryKey } = await bob.encryption.devices.renewRecovery();
      const key = recoveryKey ?? '';
      const reason = await refusal(phone.encryption.recover('Phone', { key }));
      expect(await phone.encryption.start()).toBe('needs_approval');
      return reason;
    }

    test.each([
      ['weaker than is accepted', 'weak_backup', { m: 1024 }],
      ['of fewer passes', 'weak_backup', { t: 1 }],
      ['of another derivation', 'malformed', { kdf: 'pbkdf2' }],
      ['of somebody else', 'misplaced', { user: 1_000_000 }],
      ['of a newer version', 'unsupported_version', { v: 2 }],
      ['with another salt', 'wrong_recovery_key', { salt: `${'A'.repeat(21)}A` }],
    ])('%s: %s', async (_, reason, change) => {
      expect(await recovering(({ head }) => ({ head: relabelled(head, change) }))).toBe(reason);
    });

    test('with a flipped bit: wrong_recovery_key', async () => {
      expect(await recovering(({ c }) => ({ c: flipped(c) }))).toBe('wrong_recovery_key');
    });
  });

  describe('a device that asks', () => {
    test('with other keys than it made is not let in: wrong_code', async () => {
      const ghost = listed(await world.makeKeys());
      const phone = await world.person('bob', { keys: false });
      const { code } = await phone.encryption.devices.requestApproval('Phone');
      const { public_key, signing_key } = ghost;
      world.proxy.tampering = ofAll(['mac', 'public_key'], (request) => ({
        ...request,
        public_key,
        signing_key,
      }));
      expect(await refusal(bob.encryption.devices.approve(code))).toBe('wrong_code');
      const grants = world.proxy.asked.filter(({ call }) => call.endsWith('/grant'));
      expect(grants).toEqual([]);
    });

    test('does not take what another one granted: wrong_code', async () => {
      const phone = await world.person('bob', { deceived: true, keys: false });
      const { code } = await phone.encryption.devices.requestApproval('Phone');
      await bob.encryption.devices.approve(code);
      world.proxy.tampering = ofAll(['jwe', 'mac'], (grant) => ({
        ...grant,
        jwe: String(grant.jwe).replace(/^[^.]+/, (head) => relabelled(head, { zip: 'DEF' })),
      }));
      expect(await refusal(phone.encryption.waitForGrant())).toBe('wrong_code');
      world.proxy.tampering = {};
      await phone.encryption.waitForGrant();
      expect(await phone.encryption.start()).toBe('ready');
    });
  });
});

function joined(...parts: readonly Bytes[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}
