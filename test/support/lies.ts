import type { Message } from '@confab/protocol';
import type { PostedEpoch } from '../../packages/client/src/e2ee/epochs/epoch';
import type { SignedEntry } from '../../packages/client/src/e2ee/membership/entry';
import type { Envelope } from '../../packages/client/src/e2ee/messages/envelope';
import type { Json, Tampering } from './tampering-proxy';

/** What a server that was taken over says, told by the shape of what it says it about. */

type Sealed = Message & { readonly envelope: Envelope };

export interface SaidList extends Json {
  readonly user_id: number;
  readonly device_list: string;
  readonly list_signature: string;
}

const has = (object: Json, ...names: string[]) => names.every((name) => object[name] != null);

/** Changes the encrypted messages for which `change` has something else. */
export const ofMessages = (change: (message: Sealed) => object): Tampering => ({
  rewrite: (object) =>
    has(object, 'sender_id', 'seq', 'envelope')
      ? (change(object as unknown as Sealed) as Json)
      : object,
});

export const ofEpochs = (change: (epoch: PostedEpoch) => object): Tampering => ({
  rewrite: (object) =>
    has(object, 'jwe', 'sig') ? (change(object as unknown as PostedEpoch) as Json) : object,
});

/** Changes the device list of one user. */
export const ofLists = (user: number, change: (list: SaidList) => object): Tampering => ({
  rewrite: (object) =>
    has(object, 'device_list', 'list_signature') && object.user_id === user
      ? ({ ...object, ...change(object as unknown as SaidList) } as Json)
      : object,
});

/** Changes what is handed out of membership logs. */
export const ofLogs = (
  change: (entries: readonly SignedEntry[]) => readonly object[],
): Tampering => ({
  rewrite: (object) => {
    const items = object.items as readonly Json[] | undefined;
    const isLog = Array.isArray(items) && items.every((one) => has(one, 'entry', 'sig'));
    return isLog ? { ...object, items: change(items as unknown as SignedEntry[]) } : object;
  },
});

/** Changes whatever holds these fields. */
export const ofAll = (names: readonly string[], change: (object: Json) => object): Tampering => ({
  rewrite: (object) => (has(object, ...names) ? (change(object) as Json) : object),
});

/** With one bit of some base64url flipped, at a byte of it. */
export function flipped(text: string, at = 5): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64url');
}

/** A JSON text in base64url with other fields. */
export function relabelled(text: string, change: object): string {
  const value = JSON.parse(Buffer.from(text, 'base64url').toString());
  return Buffer.from(JSON.stringify({ ...value, ...change })).toString('base64url');
}

/** A message whose header says something else. */
export const withHeader = (message: Sealed, change: object): object => ({
  ...message,
  envelope: { ...message.envelope, h: relabelled(message.envelope.h, change) },
});
