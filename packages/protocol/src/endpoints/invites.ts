import * as chats from '../chats';
import { ListQuery } from '../common';
import { endpoint } from '../endpoint';
import * as invites from '../invites';
import { ChatInvitePath, ChatPath, InvitePath } from './paths';

export const inviteEndpoints = {
  createInvite: endpoint({
    method: 'post',
    path: '/api/chats/{chat_id}/invites',
    tag: 'Invites',
    summary: 'Make a link by which others can join a group (admin and owner only)',
    auth: true,
    params: ChatPath,
    body: invites.CreateInvite,
    status: 201,
    response: invites.Invite,
    errors: ['invalid', 'forbidden', 'not_found', 'conflict', 'rate_limited'],
  }),
  listInvites: endpoint({
    method: 'get',
    path: '/api/chats/{chat_id}/invites',
    tag: 'Invites',
    summary: "List a group's links, the newest first (admin and owner only)",
    auth: true,
    params: ChatPath,
    query: ListQuery,
    status: 200,
    response: invites.InvitePage,
    errors: ['invalid', 'forbidden', 'not_found'],
  }),
  revokeInvite: endpoint({
    method: 'delete',
    path: '/api/chats/{chat_id}/invites/{code}',
    tag: 'Invites',
    summary: 'Revoke a link: nobody joins by it any more (admin and owner only)',
    auth: true,
    params: ChatInvitePath,
    status: 204,
    errors: ['forbidden', 'not_found', 'rate_limited'],
  }),
  invitePreview: endpoint({
    method: 'get',
    path: '/api/invites/{code}',
    tag: 'Invites',
    summary: 'What group a link leads to',
    auth: true,
    params: InvitePath,
    status: 200,
    response: invites.InvitePreview,
    errors: ['not_found', 'rate_limited'],
  }),
  acceptInvite: endpoint({
    method: 'post',
    path: '/api/invites/{code}/accept',
    tag: 'Invites',
    summary: 'Join a group by a link',
    description: 'Whoever is a member already gets the chat too, and the link is not used up.',
    auth: true,
    params: InvitePath,
    status: 200,
    response: chats.Chat,
    errors: ['not_found', 'group_full', 'rate_limited'],
  }),
} as const;
