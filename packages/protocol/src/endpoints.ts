import { accountEndpoints } from './endpoints/account';
import { adminEndpoints } from './endpoints/admin';
import { authEndpoints } from './endpoints/auth';
import { chatEndpoints } from './endpoints/chats';
import { messageEndpoints } from './endpoints/messages';
import { reportEndpoints } from './endpoints/reports';
import { systemEndpoints } from './endpoints/system';
import { userEndpoints } from './endpoints/users';

/** Every REST call, by the name that the SDK and the handlers know it by. */
export const ENDPOINTS = {
  ...authEndpoints,
  ...accountEndpoints,
  ...userEndpoints,
  ...chatEndpoints,
  ...messageEndpoints,
  ...reportEndpoints,
  ...adminEndpoints,
  ...systemEndpoints,
} as const;

export type EndpointName = keyof typeof ENDPOINTS;
