import { LIMITS } from '../common';
import * as encryption from '../encryption';
import { endpoint } from '../endpoint';
import { DevicePath } from './paths';

const TAG = 'Encryption';

export const approvalEndpoints = {
  requestApproval: endpoint({
    method: 'post',
    path: '/api/encryption/approvals',
    tag: TAG,
    summary: 'Ask one of your other devices to let this one in; good for ten minutes',
    description: 'The same request again answers 200.',
    auth: true,
    body: encryption.RequestApproval,
    status: 201,
    otherStatus: 200,
    response: encryption.Approval,
    errors: ['invalid', 'conflict', 'rate_limited'],
  }),
  approvals: endpoint({
    method: 'get',
    path: '/api/encryption/approvals',
    tag: TAG,
    summary: 'Get the devices that wait to be let in',
    auth: true,
    status: 200,
    response: encryption.ApprovalPage,
    errors: ['rate_limited'],
  }),
  approval: endpoint({
    method: 'get',
    path: '/api/encryption/approvals/{device_id}',
    tag: TAG,
    summary: 'Get what became of a request, with the keys once it was granted',
    auth: true,
    params: DevicePath,
    status: 200,
    response: encryption.Approval,
    errors: ['not_found', 'rate_limited'],
  }),
  grantApproval: endpoint({
    method: 'post',
    path: '/api/encryption/approvals/{device_id}/grant',
    tag: TAG,
    summary: 'Let a device in: puts it on the device list and hands it the keys',
    auth: true,
    params: DevicePath,
    body: encryption.GrantApproval,
    bodyBytes: LIMITS.backupBodyBytes,
    status: 200,
    response: encryption.RegisteredDevice,
    errors: [
      'invalid',
      'not_found',
      'bad_signature',
      'stale_list',
      'identity_changed',
      'too_many_devices',
      'conflict',
      'too_large',
      'rate_limited',
    ],
  }),
  refuseApproval: endpoint({
    method: 'delete',
    path: '/api/encryption/approvals/{device_id}',
    tag: TAG,
    summary: 'Refuse a device that waits, or take a request back',
    auth: true,
    params: DevicePath,
    status: 204,
    errors: ['not_found', 'conflict', 'rate_limited'],
  }),
} as const;
