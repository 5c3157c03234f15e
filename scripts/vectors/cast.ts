import { type Bytes, fromBase64Url, toBase64Url } from '../../packages/client/src/e2ee/encoding';
import { keyId } from '../../packages/client/src/e2ee/keys/wrapping';
import { makePerson, type Person } from '../../packages/client/src/e2ee/testing/people';
import { readyKeys } from '../../packages/client/src/e2ee/testing/ready-keys';

/** The people whose keys the vectors are made with; the chat that they are in. */
export const [ALICE, BOB, CAROL, CHAT] = [12, 15, 19, 7] as const;
/** 2026-11-26T00:00:00Z. */
export const AT = 1_795_651_200_000;

export interface Cast {
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
}

/** Alice has two devices with RSA keys of 3072 bits; those of the others have 2048. */
export async function makeCast(): Promise<Cast> {
  const shortKeys = readyKeys();
  return {
    alice: await makePerson(ALICE, 2),
    bob: await makePerson(BOB, 1, shortKeys),
    carol: await makePerson(CAROL, 1, shortKeys),
  };
}

export const pkcs8Of = async (key: CryptoKey): Promise<string> =>
  toBase64Url(new Uint8Array(await crypto.subtle.exportKey('pkcs8', key)));

export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count));

/** Another text of the same length: one bit of it is turned. */
export function flipped(text: string, at = 5): string {
  const bytes = fromBase64Url(text);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return toBase64Url(bytes);
}

export async function keysVectors({ alice, bob, carol }: Cast): Promise<object> {
  return { users: await Promise.all([alice, bob, carol].map(userVectors)) };
}

async function userVectors({ user, identity, devices }: Person): Promise<object> {
  return {
    user,
    identity: { public: identity.publicKey, private: await pkcs8Of(identity.privateKey) },
    devices: await Promise.all(
      devices.map(async ({ deviceId, wrapping, signing }) => ({
        device_id: deviceId,
        kid: await keyId(wrapping.publicKey),
        public_key: wrapping.publicKey,
        private_key: await pkcs8Of(wrapping.privateKey),
        signing_key: signing.publicKey,
        signing_private: await pkcs8Of(signing.privateKey),
      })),
    ),
  };
}
