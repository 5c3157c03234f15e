import {
  type Approval,
  type ApprovalState,
  ConfabError,
  type CursorPage,
  type GrantApproval,
  LIMITS,
  type RegisteredDevice,
  type RequestApproval,
} from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import { frame } from '../../../lib/frame';
import { readPublicKey } from '../../../lib/rsa-public-key';
import type { Bus } from '../../../realtime/bus';
import { presentApproval } from '../present';
import { grantApproval, refuseApproval, requestApproval } from './approval-writes';
import { readSignedList } from './list-format';
import type { DeviceDeps, DeviceService } from './service';

export interface ApprovalDeps extends Omit<DeviceDeps, 'announcer'> {
  devices: DeviceService;
  bus: Bus;
}

/** New devices that ask the old ones of the same user to be let in. */
export class ApprovalService {
  readonly #deps: ApprovalDeps;

  constructor(deps: ApprovalDeps) {
    this.#deps = deps;
  }

  async request(
    { userId, sessionId }: Caller,
    body: RequestApproval,
  ): Promise<{ approval: Approval; created: boolean }> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const { keyId } = await readPublicKey(body.public_key);
    const { device_id, name, public_key, signing_key, mac } = body;
    const keys = { device_id, name, public_key, signing_key, mac, key_id: keyId };
    const input = {
      userId,
      device: { ...keys, session_id: sessionId },
      maxPending: LIMITS.approvalsPerUser,
      at: now(),
    };
    const { row, created } = await committer.submit(requestApproval, input, userId);
    if (created) this.#tell(userId, row.device_id, row.name, 'pending');
    return { approval: presentApproval(row), created };
  }

  async pending({ userId }: Caller): Promise<CursorPage<Approval>> {
    const { keys, limitRead, now } = this.#deps;
    limitRead(userId);
    const rows = await keys.pendingApprovals(userId, now());
    return { items: rows.map(presentApproval), next_cursor: null };
  }

  async one({ userId }: Caller, deviceId: string): Promise<Approval> {
    const { keys, limitRead, now } = this.#deps;
    limitRead(userId);
    const row = await keys.approval(userId, deviceId, now());
    if (!row) throw new ConfabError('not_found', 'There is no such request');
    return presentApproval(row);
  }

  async grant(
    { userId }: Caller,
    deviceId: string,
    body: GrantApproval,
  ): Promise<RegisteredDevice> {
    const { limit, committer, devices, now } = this.#deps;
    limit(userId);
    const list = await readSignedList(userId, body);
    const { jwe, mac } = body;
    const maxDevices = LIMITS.devicesPerUser;
    const input = { userId, deviceId, list, jwe, mac, maxDevices, at: now() };
    const granted = await committer.submit(grantApproval, input, userId);
    this.#tell(userId, deviceId, granted.name, 'granted');
    devices.tell(granted.list);
    return { device_id: deviceId, list_version: granted.list.version, created: true };
  }

  async refuse({ userId }: Caller, deviceId: string): Promise<void> {
    const { limit, committer, now } = this.#deps;
    limit(userId);
    const input = { userId, deviceId, at: now() };
    const name = await committer.submit(refuseApproval, input, userId);
    this.#tell(userId, deviceId, name, 'refused');
  }

  #tell(userId: number, deviceId: string, name: string, state: ApprovalState): void {
    const told = frame('encryption.approval', { device_id: deviceId, name, state });
    this.#deps.bus.publish({ kind: 'user', userId, frame: told });
  }
}
