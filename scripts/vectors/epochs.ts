import { type Bytes, toBase64Url, utf8 } from '../../packages/client/src/e2ee/encoding';
import { openBefore } from '../../packages/client/src/e2ee/epochs/before';
import {
  type EpochPlan,
  makeEpoch,
  newEpochKey,
  type PostedEpoch,
} from '../../packages/client/src/e2ee/epochs/epoch';
import { type SigningDomain, sign } from '../../packages/client/src/e2ee/keys/signing';
import { firstDevice, listed, type Person } from '../../packages/client/src/e2ee/testing/people';
import { ALICE, AT, type Cast, CHAT, flipped, randomBytes } from './cast';

/** The keys of a chat's epochs, from 1. */
export type EpochSecrets = readonly Bytes[];

interface Making {
  readonly cast: Cast;
  /** The head that epochs name. */
  readonly log: string;
}

/** Three epochs in a row: the first, one that holds the first, and one that holds none. */
export async function epochVectors(
  making: Making,
): Promise<{ vectors: object; secrets: EpochSecrets }> {
  const { cast } = making;
  const secrets = [newEpochKey(), newEpochKey(), newEpochKey()] as const;
  const recipients = [...cast.alice.devices, ...cast.bob.devices].map(listed);
  const fewer = cast.bob.devices.map(listed);
  const posts = [
    await post(making, { recipients: fewer, epoch: 1 }, secrets[0]),
    await post(making, { recipients, epoch: 2, share: true }, secrets[1], secrets[0]),
    await post(making, { recipients: fewer, epoch: 3 }, secrets[2]),
  ];
  const accepted = posts.map((posted, at) => ({
    chat: CHAT,
    posted,
    key: toBase64Url(secrets[at] ?? new Uint8Array()),
    devices: (at === 1 ? recipients : fewer).map((one) => one.device_id).sort(),
  }));
  const link = linkOf(posts[1]);
  await openBefore({ chat: CHAT, epoch: 2 }, secrets[1], link);
  const refused = await refusedEpochs(making, posts[0]);
  const refused_links = [
    { name: 'a turned bit', chat: CHAT, epoch: 2, before: flipped(link, 20) },
    { name: 'of another epoch', chat: CHAT, epoch: 3, before: link },
    { name: 'of another chat', chat: CHAT + 1, epoch: 2, before: link },
  ].map((one) => ({ ...one, key: toBase64Url(secrets[1]), reason: 'undecryptable' }));
  return { vectors: { log: making.log, accepted, refused, refused_links }, secrets };
}

async function post(
  { cast, log }: Making,
  change: Partial<EpochPlan> & Pick<EpochPlan, 'epoch' | 'recipients'>,
  key: Bytes,
  before: Bytes | null = null,
): Promise<PostedEpoch> {
  const { deviceId, signing } = firstDevice(cast.alice);
  const common = { chat: CHAT, from: ALICE, device: deviceId, log, share: false, at: AT };
  const plan: EpochPlan = { ...common, ...change };
  return (await makeEpoch(signing.privateKey, plan, { key, before })).posted;
}

function linkOf(posted: PostedEpoch | undefined): string {
  const header = JSON.parse(Buffer.from(posted?.jwe.aad ?? '', 'base64url').toString());
  return String(header.before);
}

type Parts = Partial<PostedEpoch['jwe']>;

async function resigned(
  by: Person,
  { epoch, jwe }: PostedEpoch,
  change: Parts,
  domain: SigningDomain = 'epoch',
): Promise<PostedEpoch> {
  const changed = { ...jwe, ...change };
  const { protected: head, aad, iv, ciphertext, tag } = changed;
  const bytes = utf8([head, aad, iv, ciphertext, tag].join('.'));
  return {
    epoch,
    jwe: changed,
    sig: await sign(firstDevice(by).signing.privateKey, domain, bytes),
  };
}

const head = (fields: object) => toBase64Url(utf8(JSON.stringify(fields)));

async function refusedEpochs(making: Making, whole: PostedEpoch | undefined): Promise<object[]> {
  const { alice, bob, carol } = making.cast;
  const recipients = bob.devices.map(listed);
  const good = await post(making, { recipients, epoch: 1 }, newEpochKey());
  const planned = (change: Partial<EpochPlan>) =>
    post(making, { recipients, epoch: 1, ...change }, newEpochKey());
  const other = await planned({ at: AT + 1 });
  const { enc, typ } = { enc: 'A256GCM', typ: 'epoch+jwe' };
  const [bobs] = good.jwe.recipients;
  const oaep1 = bobs && { ...bobs, header: { ...bobs.header, alg: 'RSA-OAEP' as never } };
  const byCarol = { from: carol.user, device: firstDevice(carol).deviceId };
  const cases: [string, PostedEpoch, string][] = [
    ['of another chat', await planned({ chat: CHAT + 1 }), 'misplaced'],
    ['delivered as another epoch', { ...good, epoch: 2 }, 'misplaced'],
    ['a turned bit', { ...good, sig: flipped(good.sig) }, 'bad_signature'],
    ['another header', { ...good, jwe: { ...good.jwe, aad: other.jwe.aad } }, 'bad_signature'],
    ['signed for another purpose', await resigned(alice, good, {}, 'msg'), 'bad_signature'],
    [
      'of a device on no list',
      await planned({ device: toBase64Url(randomBytes(16)) }),
      'unknown_device',
    ],
    [
      'by somebody who is no member',
      await resigned(carol, await planned(byCarol), {}),
      'not_a_member',
    ],
    ['by a log that is not known', await planned({ log: flipped(making.log) }), 'log_broken'],
    [
      'another cipher',
      await resigned(alice, good, { protected: head({ enc: 'A128GCM', typ }) }),
      'unsupported_algorithm',
    ],
    [
      'compressed',
      await resigned(alice, good, { protected: head({ enc, typ, zip: 'DEF' }) }),
      'unsupported_algorithm',
    ],
    [
      'another type',
      await resigned(alice, good, { protected: head({ enc, typ: 'JWE' }) }),
      'unsupported_algorithm',
    ],
    [
      'wrapped with SHA-1',
      { ...good, jwe: { ...good.jwe, recipients: oaep1 ? [oaep1] : [] } },
      'malformed',
    ],
    [
      'a slice of another epoch',
      { ...good, jwe: { ...good.jwe, recipients: other.jwe.recipients } },
      'undecryptable',
    ],
    [
      'another ciphertext',
      await resigned(alice, good, { ciphertext: other.jwe.ciphertext }),
      'undecryptable',
    ],
    [
      'a header that it was not sealed with',
      await resigned(alice, good, { aad: other.jwe.aad }),
      'undecryptable',
    ],
    [
      'not wrapped to this device',
      { ...good, jwe: { ...good.jwe, recipients: [] } },
      'missing_key',
    ],
    [
      'a key of 16 bytes',
      await post(making, { recipients, epoch: 1 }, randomBytes(16)),
      'malformed',
    ],
  ];
  if (!whole) throw new Error('no epoch');
  const opener = firstDevice(bob).deviceId;
  return cases.map(([name, posted, reason]) => ({ name, chat: CHAT, opener, posted, reason }));
}
