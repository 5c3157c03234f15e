import { endpoint } from '../endpoint';
import * as search from '../search';

export const searchEndpoints = {
  searchMessages: endpoint({
    method: 'get',
    path: '/api/messages/search',
    tag: 'Messages',
    summary: 'Search the messages of your chats',
    description:
      'Finds messages of the chats that you are in now. Deleted messages, system messages and ' +
      'encrypted chats are left out.',
    auth: true,
    query: search.SearchQuery,
    status: 200,
    response: search.SearchPage,
    errors: ['invalid', 'not_found', 'rate_limited', 'overloaded'],
  }),
} as const;
