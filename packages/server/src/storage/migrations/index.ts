import type { Migration } from 'kysely/migration';
import type { Dialect } from '../schema';
import { coreMigration } from './0001-core';
import { searchNamesMigration } from './0002-search-names';
import { currentChatsMigration } from './0003-current-chats';
import { changedMembersMigration } from './0004-changed-members';
import { changedMessagesMigration } from './0005-changed-messages';
import { searchMigration } from './0008-search';

/** In order, and append-only: what has run on somebody's database is never edited. */
export function migrations(dialect: Dialect): Record<string, Migration> {
  return {
    '0001-core': coreMigration(dialect),
    '0002-search-names': searchNamesMigration,
    '0003-current-chats': currentChatsMigration,
    '0004-changed-members': changedMembersMigration,
    '0005-changed-messages': changedMessagesMigration,
    '0008-search': searchMigration(dialect),
  };
}
