import type { Migration } from 'kysely/migration';
import type { Dialect } from '../schema';
import { coreMigration } from './0001-core';
import { searchNamesMigration } from './0002-search-names';
import { currentChatsMigration } from './0003-current-chats';
import { changedMembersMigration } from './0004-changed-members';
import { changedMessagesMigration } from './0005-changed-messages';
import { notificationsMigration } from './0006-mentions-notifications';
import { pushMigration } from './0007-push';
import { searchMigration } from './0008-search';
import { blocksPrivacyMigration } from './0009-blocks-privacy';
import { chatExtrasMigration } from './0010-chat-extras';
import { administrationMigration } from './0011-administration';
import { ownSettingsMigration } from './0012-own-settings';
import { mediaMigration } from './0013-media';
import { gatheredPlacesMigration } from './0014-gathered-places';
import { encryptionMigration } from './0015-encryption';
import { invitationPlacesMigration } from './0016-invitation-places';
import { mutedUntilMigration } from './0017-muted-until';

/** In order, and append-only: what has run on somebody's database is never edited. */
export function migrations(dialect: Dialect): Record<string, Migration> {
  return {
    '0001-core': coreMigration(dialect),
    '0002-search-names': searchNamesMigration,
    '0003-current-chats': currentChatsMigration,
    '0004-changed-members': changedMembersMigration,
    '0005-changed-messages': changedMessagesMigration,
    '0006-mentions-notifications': notificationsMigration(dialect),
    '0007-push': pushMigration(dialect),
    '0008-search': searchMigration(dialect),
    '0009-blocks-privacy': blocksPrivacyMigration,
    '0010-chat-extras': chatExtrasMigration(dialect),
    '0011-administration': administrationMigration(dialect),
    '0012-own-settings': ownSettingsMigration,
    '0013-media': mediaMigration(dialect),
    '0014-gathered-places': gatheredPlacesMigration,
    '0015-encryption': encryptionMigration,
    '0016-invitation-places': invitationPlacesMigration,
    '0017-muted-until': mutedUntilMigration,
  };
}
