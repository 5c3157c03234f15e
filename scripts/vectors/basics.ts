import { inGroups, toBase32 } from '../../packages/client/src/e2ee/base32';
import { type Bytes, concat, toBase64Url } from '../../packages/client/src/e2ee/encoding';
import { hkdf } from '../../packages/client/src/e2ee/hash';
import { pad } from '../../packages/client/src/e2ee/messages/padding';
import { safetyNumber } from '../../packages/client/src/e2ee/safety-number';
import { type Cast, randomBytes } from './cast';

/** What everything else is made of: base64url, base 32, HKDF, padding. */
export async function basicsVectors(): Promise<object> {
  const bytes = [0, 1, 2, 3, 32].map(randomBytes);
  const secret = randomBytes(10);
  const [ikm, salt] = [randomBytes(32), randomBytes(16)];
  const derived = (with_: Bytes, info: string) => hkdf(ikm, with_, info);
  const info = 'chat-msg-v1|7|2|AAAAAAAAAAAAAAAAAAAAAA';
  return {
    base64url: bytes.map((one) => ({
      hex: Buffer.from(one).toString('hex'),
      text: toBase64Url(one),
    })),
    base64url_refused: ['A', 'AA==', 'AB', 'AAB', 'A+', 'A/', 'A A', 'AA\n'],
    base32: [0, 1, 10, 20].map(randomBytes).map((one) => ({
      bytes: toBase64Url(one),
      text: toBase32(one),
    })),
    base32_typed: { bytes: toBase64Url(secret), typed: sloppy(inGroups(toBase32(secret))) },
    hkdf: [
      {
        ikm: toBase64Url(ikm),
        salt: toBase64Url(salt),
        info,
        key: toBase64Url(await derived(salt, info)),
      },
      {
        ikm: toBase64Url(ikm),
        salt: '',
        info: '',
        key: toBase64Url(await derived(new Uint8Array(), '')),
      },
    ],
    padding: [0, 1, 62, 63, 64, 127].map(randomBytes).map((plain) => ({
      plain: toBase64Url(plain),
      padded: toBase64Url(pad(plain)),
    })),
    padding_refused: wronglyPadded().map(toBase64Url),
  };
}

/** As somebody types it: small letters, spaces, look-alikes. */
const sloppy = (shown: string): string =>
  ` ${shown.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;

function wronglyPadded(): Bytes[] {
  const [none, text] = [new Uint8Array(64), randomBytes(60).fill(7)];
  return [
    new Uint8Array(),
    none,
    concat(text, Uint8Array.of(0x80)),
    concat(text, Uint8Array.of(0x81, 0, 0, 0)),
    concat(text, Uint8Array.of(0x80, 0, 0, 0), none),
  ];
}

export async function safetyVectors({ alice, bob, carol }: Cast): Promise<object> {
  const identityOf = ({ user, identity }: Cast['alice']) => ({
    user,
    identityKey: identity.publicKey,
  });
  const pairs = [
    [alice, bob],
    [carol, bob],
  ] as const;
  const numbers = await Promise.all(
    pairs.map(async ([one, other]) => ({
      users: [one, other].map(({ user, identity }) => ({ user, identity: identity.publicKey })),
      ...(await safetyNumber(identityOf(one), identityOf(other))),
    })),
  );
  return { numbers };
}
