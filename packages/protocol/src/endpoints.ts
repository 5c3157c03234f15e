import { authEndpoints } from './endpoints/auth';
import { chatEndpoints } from './endpoints/chats';
import { messageEndpoints } from './endpoints/messages';
import { searchEndpoints } from './endpoints/search';
import { systemEndpoints } from './endpoints/system';
import { userEndpoints } from './endpoints/users';

/** Every REST call, by the name that the SDK and the handlers know it by. */
export const ENDPOINTS = {
  ...authEndpoints,
  ...userEndpoints,
  ...chatEndpoints,
  ...messageEndpoints,
  ...searchEndpoints,
  ...systemEndpoints,
} as const;

export type EndpointName = keyof typeof ENDPOINTS;
