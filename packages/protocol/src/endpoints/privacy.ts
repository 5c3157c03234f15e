import { LIMITS, ListQuery } from '../common';
import { endpoint } from '../endpoint';
import * as privacy from '../privacy';
import * as users from '../users';
import { UserPath } from './paths';

export const privacyEndpoints = {
  blockedUsers: endpoint({
    method: 'get',
    path: '/api/users/blocked',
    tag: 'Privacy',
    summary: 'List the users that you blocked, the last one first',
    auth: true,
    query: ListQuery,
    status: 200,
    response: users.UserPage,
    errors: ['invalid'],
  }),
  blockUser: endpoint({
    method: 'put',
    path: '/api/users/{user_id}/block',
    tag: 'Privacy',
    summary: 'Block a user',
    description:
      'From now on neither of you can send in your direct chat (403 `blocked`), see when the other ' +
      'one is online or types, or mention the other one. Groups go on, and the direct chat stays ' +
      'readable. Neither can put the other one into a group. The other one is not told. Blocking twice ' +
      `is the same as once. One can block ${LIMITS.blocksPerUser} users; then 409.`,
    auth: true,
    params: UserPath,
    status: 204,
    errors: ['invalid', 'not_found', 'conflict', 'rate_limited'],
  }),
  unblockUser: endpoint({
    method: 'delete',
    path: '/api/users/{user_id}/block',
    tag: 'Privacy',
    summary: 'Unblock a user',
    description: 'Also when you did not block them.',
    auth: true,
    params: UserPath,
    status: 204,
    errors: ['rate_limited'],
  }),
  getPrivacy: endpoint({
    method: 'get',
    path: '/api/auth/me/privacy',
    tag: 'Privacy',
    summary: 'Get who sees what of you',
    auth: true,
    status: 200,
    response: privacy.Privacy,
    errors: [],
  }),
  updatePrivacy: endpoint({
    method: 'put',
    path: '/api/auth/me/privacy',
    tag: 'Privacy',
    summary: 'Change who sees what of you',
    description: 'It takes effect at once, for those who are connected too.',
    auth: true,
    body: privacy.UpdatePrivacy,
    status: 200,
    response: privacy.Privacy,
    errors: ['invalid', 'rate_limited'],
  }),
} as const;
