import { LIMITS, ListQuery } from '../common';
import { endpoint } from '../endpoint';
import * as scheduled from '../scheduled';
import { ScheduledPath } from './paths';

export const scheduledEndpoints = {
  scheduleMessage: endpoint({
    method: 'post',
    path: '/api/messages/scheduled',
    tag: 'Scheduled messages',
    summary: 'Have a message sent later',
    description:
      '201, or 200 with the first answer when the same request is repeated. 409 when its ' +
      'client_message_id belongs to another scheduled message of yours, or to one sent already. ' +
      'What is not allowed any more when its time comes, or was sent with this ' +
      'client_message_id meanwhile, is not sent: it stays in the list as failed.',
    auth: true,
    body: scheduled.ScheduleMessage,
    bodyBytes: LIMITS.messageBodyBytes,
    status: 201,
    otherStatus: 200,
    response: scheduled.ScheduledMessage,
    errors: [
      'invalid',
      'blocked',
      'chat_closed',
      'not_found',
      'conflict',
      'media_in_use',
      'client_side_only',
      'too_large',
      'rate_limited',
    ],
  }),
  listScheduled: endpoint({
    method: 'get',
    path: '/api/messages/scheduled',
    tag: 'Scheduled messages',
    summary: "Get the caller's messages that wait for their time or failed, the next first",
    auth: true,
    query: ListQuery,
    status: 200,
    response: scheduled.ScheduledPage,
    errors: ['invalid'],
  }),
  updateScheduled: endpoint({
    method: 'put',
    path: '/api/messages/scheduled/{scheduled_id}',
    tag: 'Scheduled messages',
    summary: 'Change the text or the time of a scheduled message; a failed one waits again',
    auth: true,
    params: ScheduledPath,
    body: scheduled.UpdateScheduled,
    bodyBytes: LIMITS.messageBodyBytes,
    status: 200,
    response: scheduled.ScheduledMessage,
    errors: ['invalid', 'not_found', 'conflict', 'too_large', 'rate_limited'],
  }),
  cancelScheduled: endpoint({
    method: 'delete',
    path: '/api/messages/scheduled/{scheduled_id}',
    tag: 'Scheduled messages',
    summary: 'Cancel a scheduled message, or clear a failed one away',
    auth: true,
    params: ScheduledPath,
    status: 204,
    errors: ['not_found', 'conflict', 'rate_limited'],
  }),
} as const;
