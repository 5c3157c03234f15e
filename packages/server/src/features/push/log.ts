import type { PushRecord } from '@confab/protocol';
import { iso } from '../../lib/clock';
import type { PushRepository } from './repository';

/** What became of a user's latest notifications, the newest first. */
export async function pushLog(
  repository: Pick<PushRepository, 'log'>,
  userId: number,
): Promise<PushRecord[]> {
  const rows = await repository.log(userId);
  return rows.map(({ at, notification_id, device, outcome }) => ({
    at: iso(at),
    notification_id,
    device,
    outcome,
  }));
}

/** Why a user's devices did or did not show anything, a line each, for administrators. */
export async function whyNoPush(
  repository: Pick<PushRepository, 'log' | 'devicesOf'>,
  userId: number,
  now: number,
): Promise<string[]> {
  const devices = await repository.devicesOf(userId, now);
  const lines = (await pushLog(repository, userId)).map(lineOf);
  if (devices.length === 0) return ['No device of theirs is registered now.', ...lines];
  return lines.length > 0 ? lines : ['Nothing was said to them yet, as far as this log knows.'];
}

function lineOf({ at, device, outcome }: PushRecord): string {
  return device === null ? `${at}  ${outcome}` : `${at}  ${device}: ${outcome}`;
}
