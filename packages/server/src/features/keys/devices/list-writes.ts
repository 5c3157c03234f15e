import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../../storage/write';
import { outdateEpochsOf } from '../../chats/writes';
import { lockUsers } from '../../privacy/writes';
import {
  currentList,
  dropDevices,
  isSameDevice,
  mustFollow,
  mustKeepIdentity,
  storedDevices,
  storeList,
} from './list-steps';
import type { ListChange, ListedDevice, NewDevice, SignedList } from './records';

export interface RegisterInput {
  userId: number;
  device: NewDevice;
  list: SignedList;
  /** Whether another identity may take the place of the one before, and of all its devices. */
  reset: boolean;
  maxDevices: number;
  at: number;
}

export const registerDevice = defineWrite<RegisterInput, ListChange>(
  'keys.register_device',
  async (context, input) => {
    await lockUsers(context, [input.userId]);
    return putOnList(context, input);
  },
);

/** Puts a device on its user's list; the user's row is locked. */
export async function putOnList(
  context: WriteContext,
  { userId, device, list, reset, maxDevices, at }: RegisterInput,
): Promise<ListChange> {
  const before = await currentList(context, userId);
  if (before?.text === list.text) return { userId, version: before.version, changed: false };
  const isReset = reset && before !== undefined && before.identity_key !== list.identityKey;
  if (!isReset) mustKeepIdentity(list, before);
  mustFollow(list, before);
  const known = await storedDevices(context, userId);
  mustAdd(list, isReset ? [] : known, device);
  if (list.devices.length > maxDevices) {
    throw new ConfabError('too_many_devices', `A user has at most ${maxDevices} devices`);
  }
  if (isReset) {
    await dropDevices(
      context,
      userId,
      known.map((one) => one.device_id),
    );
  }
  await storeList(context, userId, list, at);
  await context.db
    .insertInto('encryption_devices')
    .values({ ...device, user_id: userId, created_at: at })
    .execute();
  await outdateEpochsOf(context, userId);
  return { userId, version: list.version, changed: true };
}

/** The list holds exactly the devices that were there, and the new one. */
function mustAdd(list: SignedList, known: readonly ListedDevice[], device: ListedDevice): void {
  if (known.some((one) => one.device_id === device.device_id)) {
    throw new ConfabError('conflict', 'A device with this id is registered already');
  }
  const wanted = [...known, device];
  const fits =
    list.devices.length === wanted.length &&
    wanted.every((one) => list.devices.some((listed) => isSameDevice(one, listed)));
  if (!fits) {
    const detail = 'The list must hold the devices of the one before and the new one';
    throw new ConfabError('invalid', detail);
  }
}

/** The session by which a device is seen: another one after its user signed in anew. */
export const moveDevice = defineWrite<
  { userId: number; deviceId: string; sessionId: number },
  null
>('keys.move_device', async ({ db }, { userId, deviceId, sessionId }) => {
  await db
    .updateTable('encryption_devices')
    .set({ session_id: sessionId })
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .execute();
  return null;
});

/** Replaces a list by its next version, which may only drop devices. */
export const putDeviceList = defineWrite<
  { userId: number; list: SignedList; dropped: string | null; at: number },
  ListChange
>('keys.put_list', async (context, { userId, list, dropped, at }) => {
  await lockUsers(context, [userId]);
  const before = await currentList(context, userId);
  const known = await storedDevices(context, userId);
  if (dropped !== null) mustDrop(list, known, dropped);
  if (before?.text === list.text) return { userId, version: before.version, changed: false };
  mustKeepIdentity(list, before);
  mustFollow(list, before);
  if (!list.devices.every((listed) => known.some((one) => isSameDevice(one, listed)))) {
    throw new ConfabError('invalid', 'The list has a device that is not registered');
  }
  const left = new Set(list.devices.map((listed) => listed.device_id));
  const gone = known.map((one) => one.device_id).filter((id) => !left.has(id));
  await storeList(context, userId, list, at);
  await dropDevices(context, userId, gone);
  await outdateEpochsOf(context, userId);
  return { userId, version: list.version, changed: true };
});

function mustDrop(list: SignedList, known: readonly ListedDevice[], deviceId: string): void {
  if (!known.some((one) => one.device_id === deviceId)) {
    throw new ConfabError('not_found', 'There is no such device');
  }
  if (list.devices.some((listed) => listed.device_id === deviceId)) {
    throw new ConfabError('invalid', 'The list still holds the device that is to be removed');
  }
}
