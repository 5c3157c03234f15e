import type { Catalog } from '../../index';
import { auth } from './auth';
import { chats } from './chats';
import { common } from './common';
import { composer } from './composer';
import { conversation } from './conversation';
import { encryption } from './encryption';
import { faults } from './faults';
import { media } from './media';
import { notifications } from './notifications';
import { people } from './people';
import { search } from './search';
import { settings } from './settings';

export const zh: Catalog = {
  common,
  auth,
  chats,
  conversation,
  composer,
  media,
  encryption,
  faults,
  search,
  notifications,
  people,
  settings,
};
