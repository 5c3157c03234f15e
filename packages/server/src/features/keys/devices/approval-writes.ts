import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../../storage/write';
import { lockUsers } from '../../privacy/writes';
import { putOnList } from './list-writes';
import type { ApprovalRow, ListChange, NewDevice, SignedList } from './records';

/** How long a request, and then the answer to it, is there. */
const LIFE_MS = 10 * 60_000;

export interface ApprovalInput {
  userId: number;
  device: NewDevice & { mac: string };
  maxPending: number;
  at: number;
}

/** @returns the request, and whether it is another one than before */
export const requestApproval = defineWrite<ApprovalInput, { row: ApprovalRow; created: boolean }>(
  'keys.request_approval',
  async (context, { userId, device, maxPending, at }) => {
    await lockUsers(context, [userId]);
    const others = await livingRequests(context, userId, at);
    const known = others.find((row) => row.device_id === device.device_id);
    if (known && isRepeated(known, device)) return { row: known, created: false };
    await mustBeNew(context, userId, device.device_id);
    const waiting = others.filter((row) => row !== known && row.state === 'pending');
    if (waiting.length >= maxPending) {
      throw new ConfabError('conflict', `At most ${maxPending} devices wait to be let in`);
    }
    const values = {
      ...device,
      state: 'pending' as const,
      grant_jwe: null,
      grant_mac: null,
      created_at: at,
      expires_at: at + LIFE_MS,
    };
    const row = await context.db
      .insertInto('device_approvals')
      .values({ ...values, user_id: userId })
      .onConflict((conflict) => conflict.columns(['user_id', 'device_id']).doUpdateSet(values))
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, created: true };
  },
);

const isRepeated = (row: ApprovalRow, device: ApprovalInput['device']) =>
  row.state === 'pending' &&
  row.mac === device.mac &&
  row.public_key === device.public_key &&
  row.signing_key === device.signing_key;

async function livingRequests({ db }: WriteContext, userId: number, at: number) {
  await db
    .deleteFrom('device_approvals')
    .where('user_id', '=', userId)
    .where('expires_at', '<=', at)
    .execute();
  return db.selectFrom('device_approvals').selectAll().where('user_id', '=', userId).execute();
}

async function mustBeNew({ db }: WriteContext, userId: number, deviceId: string): Promise<void> {
  const row = await db
    .selectFrom('encryption_devices')
    .select('device_id')
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  if (row) throw new ConfabError('conflict', 'This device is registered already');
}

interface Decision {
  userId: number;
  deviceId: string;
  at: number;
}

export const grantApproval = defineWrite<
  Decision & { list: SignedList; jwe: string; mac: string; maxDevices: number },
  { list: ListChange; name: string }
>('keys.grant_approval', async (context, input) => {
  const { userId, deviceId, list, maxDevices, at } = input;
  await lockUsers(context, [userId]);
  const row = await pendingRequest(context, input);
  const { name, public_key, signing_key, key_id, session_id } = row;
  const device = { device_id: deviceId, name, public_key, signing_key, key_id, session_id };
  const change = await putOnList(context, { userId, device, list, reset: false, maxDevices, at });
  await context.db
    .updateTable('device_approvals')
    .set({
      state: 'granted',
      grant_jwe: input.jwe,
      grant_mac: input.mac,
      expires_at: at + LIFE_MS,
    })
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .execute();
  return { list: change, name };
});

/** @returns the device's name */
export const refuseApproval = defineWrite<Decision, string>(
  'keys.refuse_approval',
  async (context, input) => {
    await lockUsers(context, [input.userId]);
    const { name } = await pendingRequest(context, input);
    await context.db
      .updateTable('device_approvals')
      .set({ state: 'refused' })
      .where('user_id', '=', input.userId)
      .where('device_id', '=', input.deviceId)
      .execute();
    return name;
  },
);

async function pendingRequest(
  { db }: WriteContext,
  { userId, deviceId, at }: Decision,
): Promise<ApprovalRow> {
  const row = await db
    .selectFrom('device_approvals')
    .selectAll()
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  if (!row) throw new ConfabError('not_found', 'There is no such request');
  if (row.state !== 'pending') {
    throw new ConfabError('conflict', `The request was ${row.state} already`);
  }
  return row;
}
