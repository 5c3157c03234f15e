import { accountEndpoints } from './endpoints/account';
import { adminEndpoints } from './endpoints/admin';
import { authEndpoints } from './endpoints/auth';
import { chatEndpoints } from './endpoints/chats';
import { encryptionEndpoints } from './endpoints/encryption';
import { epochEndpoints } from './endpoints/epochs';
import { inviteEndpoints } from './endpoints/invites';
import { mediaEndpoints } from './endpoints/media';
import { messageEndpoints } from './endpoints/messages';
import { notificationEndpoints } from './endpoints/notifications';
import { pinEndpoints } from './endpoints/pins';
import { privacyEndpoints } from './endpoints/privacy';
import { pushEndpoints } from './endpoints/push';
import { reportEndpoints } from './endpoints/reports';
import { scheduledEndpoints } from './endpoints/scheduled';
import { searchEndpoints } from './endpoints/search';
import { systemEndpoints } from './endpoints/system';
import { userEndpoints } from './endpoints/users';

/** Every REST call, by the name that the SDK and the handlers know it by. */
export const ENDPOINTS = {
  ...authEndpoints,
  ...accountEndpoints,
  ...userEndpoints,
  ...chatEndpoints,
  ...inviteEndpoints,
  ...mediaEndpoints,
  ...messageEndpoints,
  ...pinEndpoints,
  ...scheduledEndpoints,
  ...pushEndpoints,
  ...notificationEndpoints,
  ...reportEndpoints,
  ...adminEndpoints,
  ...privacyEndpoints,
  ...encryptionEndpoints,
  ...epochEndpoints,
  ...searchEndpoints,
  ...systemEndpoints,
} as const;

export type EndpointName = keyof typeof ENDPOINTS;
