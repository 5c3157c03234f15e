import { describe, expect, test } from 'bun:test';
import deviceLists from '../../../../../docs/vectors/device-lists.json';
import epochs from '../../../../../docs/vectors/epochs.json';
import keys from '../../../../../docs/vectors/keys.json';
import membership from '../../../../../docs/vectors/membership.json';
import { relateLists, verifyDeviceList } from '../devices/device-list';
import { fromBase64Url, toBase64Url, utf8 } from '../encoding';
import { openBefore } from '../epochs/before';
import { openEpoch, readEpoch, verifyEpoch } from '../epochs/epoch';
import { hashDevices } from '../epochs/header';
import { Refusal } from '../errors';
import { importSigningKey, sign } from '../keys/signing';
import { importUnwrappingKey, importWrappingKey } from '../keys/wrapping';
import { emptyLog, extendLog, membershipAt, type VerifiedLog } from '../membership/log';
import { reasonOf } from '../testing/people';

const devices = keys.users.flatMap(({ user, devices }) =>
  devices.map((device) => ({ user, ...device })),
);

function deviceOf(id: string) {
  const device = devices.find((one) => one.device_id === id);
  if (!device) throw new Refusal('unknown_device', 'No list has it');
  return device;
}

const signingKeyOf = async (_: number, device: string) => deviceOf(device).signing_key;

test('the ids of RSA keys are hashes of their SPKI', async () => {
  for (const { kid, public_key } of devices) {
    expect((await importWrappingKey(public_key)).kid).toBe(kid);
  }
});

describe('the vectors of device lists', () => {
  const relation = async (one: {
    user: number;
    known: string | null;
    text: string;
    signature: string;
  }) => {
    await verifyDeviceList(one.user, one);
    const { first, second } = deviceLists.versions;
    const known = { first, second }[one.known ?? ''];
    return relateLists(known?.text ?? null, one.text);
  };

  test.each(deviceLists.accepted.map((one) => [one.name, one] as const))(
    '%s: is taken for what it is',
    async (_, one) => {
      expect(await relation(one)).toBe(one.relation as never);
    },
  );

  test.each(deviceLists.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, one) => {
      expect(await reasonOf(() => relation(one))).toBe(one.reason);
    },
  );

  test('are signed again alike', async () => {
    const { first } = deviceLists.versions;
    const identity = keys.users[0]?.identity.private ?? '';
    const key = await importSigningKey(fromBase64Url(identity));
    expect(await sign(key, 'device-list', utf8(first.text))).toBe(first.signature);
  });
});

describe.each(membership.logs)('the vectors of the membership log of chat $chat', (vectors) => {
  const logOf = (count: number) =>
    extendLog(emptyLog(vectors.chat), vectors.log.slice(0, count), signingKeyOf);

  test('give these members and heads', async () => {
    const log = await logOf(vectors.log.length);
    expect(log.heads).toEqual(vectors.heads);
    expect(log.states.map(membersOf)).toEqual(vectors.members);
  });

  test.each(vectors.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, one) => {
      const log = await logOf(one.after);
      expect(await reasonOf(() => extendLog(log, [one], signingKeyOf))).toBe(one.reason);
    },
  );
});

const membersOf = ({ members }: VerifiedLog['states'][number]) =>
  [...members].map(([user, { role }]) => ({ user, role: role as string }));

describe('the vectors of epochs', () => {
  const log = async () => {
    const [group] = membership.logs;
    return extendLog(emptyLog(group?.chat ?? 0), group?.log.slice(0, 1) ?? [], signingKeyOf);
  };

  async function openAs(device: string, chat: number, value: unknown) {
    const { posted, header } = readEpoch(value);
    if (header.chat !== chat || header.epoch !== posted.epoch) {
      throw new Refusal('misplaced', 'It was made for another place');
    }
    await verifyEpoch(posted, await signingKeyOf(header.from, header.device));
    if (!membershipAt(await log(), header.log).members.has(header.from)) {
      throw new Refusal('not_a_member', 'Its maker is no member');
    }
    const { kid, private_key } = deviceOf(device);
    const privateKey = await importUnwrappingKey(fromBase64Url(private_key));
    return { header, key: await openEpoch(posted, { kid, privateKey }) };
  }

  test('open with each of their devices', async () => {
    const held: Record<number, string> = {};
    for (const { chat, posted, key, devices } of epochs.accepted) {
      held[posted.epoch] = key;
      for (const device of devices) {
        const opened = await openAs(device, chat, posted);
        expect(toBase64Url(opened.key)).toBe(key);
        expect(opened.header.devices).toBe(await hashDevices(devices));
        if (opened.header.before === undefined) continue;
        const place = { chat, epoch: posted.epoch };
        const before = await openBefore(place, opened.key, opened.header.before);
        expect(toBase64Url(before)).toBe(held[posted.epoch - 1] ?? '');
      }
    }
  });

  test.each(epochs.refused.map((one) => [one.name, one] as const))(
    '%s: is refused',
    async (_, { opener, chat, posted, reason }) => {
      expect(await reasonOf(() => openAs(opener, chat, posted))).toBe(reason);
    },
  );

  test.each(epochs.refused_links.map((one) => [one.name, one] as const))(
    'the key of the one before, %s: is refused',
    async (_, { chat, epoch, key, before, reason }) => {
      const opening = () => openBefore({ chat, epoch }, fromBase64Url(key), before);
      expect(await reasonOf(opening)).toBe(reason);
    },
  );
});
