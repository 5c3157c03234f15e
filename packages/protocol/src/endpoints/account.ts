import * as account from '../account';
import { endpoint } from '../endpoint';

export const accountEndpoints = {
  exportMe: endpoint({
    method: 'get',
    path: '/api/auth/me/export',
    tag: 'Authentication',
    summary: "Download all of one's data as a ZIP file",
    description:
      'Profile, sessions, chats with their messages, reactions and receipts, as JSON, and your own files; README.txt ' +
      'in it explains the files. One at a time per user.',
    auth: true,
    status: 200,
    produces: 'application/zip',
    errors: ['rate_limited'],
  }),
  deleteMe: endpoint({
    method: 'delete',
    path: '/api/auth/me',
    tag: 'Authentication',
    summary: 'Erase the account, for good',
    description:
      "Signs every device out, leaves all groups and erases the profile. Messages in others' chats " +
      'stay, under “deleted user”. The username is not given to anybody else.',
    auth: true,
    body: account.DeleteAccount,
    status: 204,
    errors: ['invalid', 'wrong_password', 'rate_limited', 'conflict'],
  }),
} as const;
