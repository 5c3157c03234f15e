import { LIMITS } from '../common';
import { AfterQuery } from '../encryption';
import { endpoint } from '../endpoint';
import * as epochs from '../epochs';
import { ChatPath } from './paths';

const TAG = 'Encryption';

export const epochEndpoints = {
  epochs: endpoint({
    method: 'get',
    path: '/api/encryption/chats/{chat_id}/epochs',
    tag: TAG,
    summary: "Get the epochs of an encrypted chat with one device's own slices, the oldest first",
    description:
      'Epochs that are not wrapped to the device come without a recipient, so that none is missing ' +
      'from the numbers.',
    auth: true,
    params: ChatPath,
    query: epochs.EpochQuery,
    status: 200,
    response: epochs.EpochPage,
    errors: ['invalid', 'not_supported', 'not_found', 'rate_limited'],
  }),
  postEpoch: endpoint({
    method: 'post',
    path: '/api/encryption/chats/{chat_id}/epochs',
    tag: TAG,
    summary: 'Begin the next epoch of an encrypted chat',
    description:
      'Its number is the last one + 1; somebody who was faster makes it stale_epoch, and the ' +
      "detail names the newest one. It may be wrapped to current members' current devices alone.",
    auth: true,
    params: ChatPath,
    body: epochs.PostEpoch,
    bodyBytes: LIMITS.epochBodyBytes,
    status: 201,
    response: epochs.EpochState,
    errors: [
      'invalid',
      'not_supported',
      'bad_signature',
      'not_found',
      'stale_epoch',
      'too_large',
      'rate_limited',
    ],
  }),
  membershipLog: endpoint({
    method: 'get',
    path: '/api/encryption/chats/{chat_id}/membership-log',
    tag: TAG,
    summary: "Get an encrypted chat's membership log, the oldest entry first",
    description: 'Without `after` from the first entry, which has number 0.',
    auth: true,
    params: ChatPath,
    query: AfterQuery,
    status: 200,
    response: epochs.StoredEntryPage,
    errors: ['invalid', 'not_supported', 'not_found', 'rate_limited'],
  }),
  appendMembershipLog: endpoint({
    method: 'post',
    path: '/api/encryption/chats/{chat_id}/membership-log',
    tag: TAG,
    summary: "Append an entry to an encrypted chat's membership log",
    auth: true,
    params: ChatPath,
    body: epochs.AppendLog,
    bodyBytes: LIMITS.logBodyBytes,
    status: 201,
    response: epochs.StoredEntry,
    errors: [
      'invalid',
      'not_supported',
      'bad_signature',
      'not_found',
      'stale_log',
      'too_large',
      'rate_limited',
    ],
  }),
} as const;
