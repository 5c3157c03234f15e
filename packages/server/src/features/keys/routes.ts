import { ENDPOINTS, type RegisterDevice } from '@confab/protocol';
import { Other, type Router } from '../../http/contract';
import type { AccountKeyService } from './account/service';
import type { TextService } from './account/text-service';
import type { ChatKeyService } from './chats/service';
import type { ApprovalService } from './devices/approval-service';
import type { DeviceService } from './devices/service';
import type { KeyService } from './service';

export interface KeyServices {
  keys: KeyService;
  devices: DeviceService;
  approvals: ApprovalService;
  accountKeys: AccountKeyService;
  texts: TextService;
  chatKeys: ChatKeyService;
}

export function keyRoutes(router: Router, services: KeyServices): void {
  generateRoute(router, services);
  publicKeyRoutes(router, services);
  deviceRoutes(router, services);
  approvalRoutes(router, services);
  textRoutes(router, services);
  chatKeyRoutes(router, services);
}

function generateRoute(router: Router, { devices, accountKeys }: KeyServices): void {
  router.on(ENDPOINTS.generateKeys, async ({ caller, body, request }) => {
    if (body.device_id !== undefined) {
      // The schema sees to it that a device has all of its fields.
      const device = await devices.register(caller, body as RegisterDevice);
      return device.created ? device : new Other(device);
    }
    if (body.rotate) return accountKeys.rotate(caller, body.password, request);
    const key = await accountKeys.ensure(caller, body.password, request);
    return key.created ? key : new Other(key);
  });
}

function publicKeyRoutes(router: Router, { keys, accountKeys }: KeyServices): void {
  router.on(ENDPOINTS.publicKey, async ({ caller, query }) => {
    await accountKeys.settled(caller.userId);
    return keys.keysOf(caller.userId, caller.userId, query.version);
  });
  router.on(ENDPOINTS.publicKeyOf, async ({ caller, params, query }) => {
    await accountKeys.settled(params.user_id);
    return keys.keysOf(caller.userId, params.user_id, query.version);
  });
  router.on(ENDPOINTS.putPublicKey, async ({ caller, body }) => {
    await accountKeys.put(caller, body);
    return keys.keysOf(caller.userId, caller.userId);
  });
  router.on(ENDPOINTS.deviceLists, ({ caller, params, query }) =>
    keys.lists(caller.userId, params.user_id, query),
  );
  router.on(ENDPOINTS.backup, ({ caller }) => keys.backup(caller.userId));
  router.on(ENDPOINTS.putBackup, ({ caller, body }) => keys.putBackup(caller.userId, body));
}

function deviceRoutes(router: Router, { keys, devices }: KeyServices): void {
  router.on(ENDPOINTS.putDeviceList, async ({ caller, body }) => {
    await devices.putList(caller, body);
    return keys.keysOf(caller.userId, caller.userId);
  });
  router.on(ENDPOINTS.encryptionDevices, ({ caller }) => devices.list(caller));
  router.on(ENDPOINTS.removeDevice, ({ caller, params, body }) =>
    devices.putList(caller, body, params.device_id),
  );
}

function approvalRoutes(router: Router, { approvals }: KeyServices): void {
  router.on(ENDPOINTS.requestApproval, async ({ caller, body }) => {
    const { approval, created } = await approvals.request(caller, body);
    return created ? approval : new Other(approval);
  });
  router.on(ENDPOINTS.approvals, ({ caller }) => approvals.pending(caller));
  router.on(ENDPOINTS.approval, ({ caller, params }) => approvals.one(caller, params.device_id));
  router.on(ENDPOINTS.grantApproval, ({ caller, params, body }) =>
    approvals.grant(caller, params.device_id, body),
  );
  router.on(ENDPOINTS.refuseApproval, ({ caller, params }) =>
    approvals.refuse(caller, params.device_id),
  );
}

function textRoutes(router: Router, { texts }: KeyServices): void {
  router.on(ENDPOINTS.encryptText, ({ caller, body }) => texts.encrypt(caller, body));
  router.on(ENDPOINTS.decryptText, async ({ caller, body, request }) => ({
    message: await texts.decrypt(caller, body, request),
  }));
}

function chatKeyRoutes(router: Router, { chatKeys }: KeyServices): void {
  router.on(ENDPOINTS.epochs, ({ caller, params, query }) =>
    chatKeys.epochs(caller, params.chat_id, query),
  );
  router.on(ENDPOINTS.postEpoch, ({ caller, params, body }) =>
    chatKeys.post(caller.userId, params.chat_id, body),
  );
  router.on(ENDPOINTS.membershipLog, ({ caller, params, query }) =>
    chatKeys.log(caller.userId, params.chat_id, query),
  );
  router.on(ENDPOINTS.appendMembershipLog, ({ caller, params, body }) =>
    chatKeys.append(caller.userId, params.chat_id, body),
  );
}
