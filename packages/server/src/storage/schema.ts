import type { ChatTables } from './schema/chats';
import type { KeyTables } from './schema/keys';
import type { MediaTables } from './schema/media';
import type { NoticeTables } from './schema/notices';
import type { PeopleTables } from './schema/people';
import type { SearchTables } from './schema/search';

/**
 * The tables, the same on SQLite and PostgreSQL. Times are milliseconds since 1970, UTC; flags are
 * 0 or 1, as SQLite knows no booleans.
 */
export interface Schema
  extends PeopleTables,
    ChatTables,
    NoticeTables,
    SearchTables,
    MediaTables,
    KeyTables {
  meta: MetaTable;
}

interface MetaTable {
  key: string;
  value: string;
}

export type Dialect = 'sqlite' | 'postgres';
