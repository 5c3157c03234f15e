import { ListQuery } from '../common';
import { endpoint } from '../endpoint';
import * as messages from '../messages';
import { ChatPath, MessagePath } from './paths';

export const pinEndpoints = {
  pinMessage: endpoint({
    method: 'put',
    path: '/api/messages/{message_id}/pin',
    tag: 'Messages',
    summary: 'Pin a message (in a group: admin and owner only)',
    auth: true,
    params: MessagePath,
    status: 200,
    response: messages.Message,
    errors: ['forbidden', 'not_found', 'conflict', 'message_deleted', 'rate_limited'],
  }),
  unpinMessage: endpoint({
    method: 'delete',
    path: '/api/messages/{message_id}/pin',
    tag: 'Messages',
    summary: 'Unpin a message (in a group: admin and owner only)',
    auth: true,
    params: MessagePath,
    status: 200,
    response: messages.Message,
    errors: ['forbidden', 'not_found', 'rate_limited'],
  }),
  listPins: endpoint({
    method: 'get',
    path: '/api/chats/{chat_id}/pins',
    tag: 'Messages',
    summary: "Get a chat's pinned messages, the newest pin first",
    auth: true,
    params: ChatPath,
    query: ListQuery,
    status: 200,
    response: messages.PinPage,
    errors: ['invalid', 'not_found'],
  }),
} as const;
