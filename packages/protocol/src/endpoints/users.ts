import { endpoint } from '../endpoint';
import * as users from '../users';
import { UserPath } from './paths';

export const userEndpoints = {
  searchUsers: endpoint({
    method: 'get',
    path: '/api/users/search',
    tag: 'Users',
    summary: 'Find users by the beginning of their names',
    auth: true,
    query: users.UserSearchQuery,
    status: 200,
    response: users.UserPage,
    errors: ['invalid'],
  }),
  getUser: endpoint({
    method: 'get',
    path: '/api/users/{user_id}',
    tag: 'Users',
    summary: 'Get a user',
    auth: true,
    params: UserPath,
    status: 200,
    response: users.User,
    errors: ['not_found'],
  }),
} as const;
