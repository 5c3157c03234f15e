import {
  type DeviceList,
  readList,
  relateLists,
  type SignedDeviceList,
  verifyDeviceList,
} from '../devices/device-list';
import { Refusal } from '../errors';
import { hashText } from '../hash';

/** What is known of a user: plain data, kept from one run to the next. Immutable. */
export interface Peer {
  readonly user: number;
  /** The newest list that was accepted. */
  readonly list: SignedDeviceList;
  /** Every signing key that a list of the accepted identities ever vouched for, by device id. */
  readonly signingKeys: Readonly<Record<string, string>>;
  /** The identity key that its user compared with them; null while nobody did. */
  readonly verified: string | null;
  /** Identities that were left for another one: the server must not go back to them. */
  readonly left: readonly string[];
  /** Devices that only a left identity vouched for: whoever has one may not let anybody in any more. */
  readonly leftDevices?: readonly string[];
}

/** What taking in a list made of a peer. */
export interface PeerChange {
  readonly peer: Peer;
  /** The identity key changed from the one that was known. */
  readonly identityChanged: boolean;
}

export const identityOf = (peer: Peer): string => readList(peer.list.text).identity_key;

/** Whether they had been verified under another identity than the one that they have now. */
export const isSuspect = (peer: Peer): boolean =>
  peer.verified !== null && peer.verified !== identityOf(peer);

/**
 * Takes in a list that the server delivered as a user's.
 * @throws Refusal `misplaced`, `bad_signature`, `list_rollback`, `list_forked` …
 */
export async function withList(
  known: Peer | null,
  user: number,
  list: SignedDeviceList,
): Promise<PeerChange> {
  const read = await verifyDeviceList(user, list);
  const relation = await relateLists(known?.list.text ?? null, list.text);
  if (known && relation === 'same') return { peer: known, identityChanged: false };
  if (known?.left.includes(read.identity_key)) {
    throw new Refusal('list_rollback', 'The server delivered a list of an identity that was left');
  }
  const isNew = relation === 'new_identity';
  const gone = isNew ? Object.keys(known?.signingKeys ?? {}) : (known?.leftDevices ?? []);
  const peer: Peer = {
    user,
    list,
    signingKeys: withKeys(known?.signingKeys ?? {}, read),
    verified: known?.verified ?? null,
    left: known && isNew ? [...known.left, identityOf(known)] : (known?.left ?? []),
    leftDevices: without(gone, read),
  };
  return { peer, identityChanged: isNew };
}

/**
 * Learns the signing keys of older lists: what was signed with them is still there. A list counts that
 * the identity signed itself, or that its lists go back to, each by the hash of the one before: who
 * begins anew vouches so for what was.
 */
export async function withPastLists(peer: Peer, lists: readonly SignedDeviceList[]): Promise<Peer> {
  let learned = peer;
  let next = readList(peer.list.text).prev;
  for (const list of lists.toReversed()) {
    const read = await verifyDeviceList(peer.user, list);
    const isChained = next !== null && next === (await hashText(list.text));
    if (isChained) next = read.prev;
    if (isChained || read.identity_key === identityOf(peer)) learned = withPast(learned, read);
  }
  return learned;
}

function withPast(peer: Peer, read: DeviceList): Peer {
  const isLeft = peer.left.includes(read.identity_key);
  const found = read.devices.map((device) => device.device_id);
  const unknown = found.filter((id) => peer.signingKeys[id] === undefined);
  return {
    ...peer,
    signingKeys: withKeys(peer.signingKeys, read),
    leftDevices: [...(peer.leftDevices ?? []), ...(isLeft ? unknown : [])],
  };
}

const without = (ids: readonly string[], { devices }: DeviceList): string[] =>
  ids.filter((id) => !devices.some((device) => device.device_id === id));

/** A device keeps its key for ever: another one under its id is refused. */
function withKeys(
  known: Readonly<Record<string, string>>,
  { devices }: DeviceList,
): Record<string, string> {
  const keys = { ...known };
  for (const { device_id, signing_key } of devices) {
    if ((keys[device_id] ?? signing_key) !== signing_key) {
      throw new Refusal('list_forked', 'A device came with another key than before');
    }
    keys[device_id] = signing_key;
  }
  return keys;
}
