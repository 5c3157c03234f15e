/** The search index. */
export interface SearchTables {
  search_progress: SearchProgressTable;
  search_changes: SearchChangesTable;
  message_grams: MessageGramsTable;
}

/** How far each chat's messages are in the search index. */
interface SearchProgressTable {
  chat_id: number;
  seq: number;
}

/** Messages that were changed or erased since they were indexed; triggers keep it. */
interface SearchChangesTable {
  message_id: number;
  chat_id: number;
  /** The text that the index has of it (SQLite, whose index does not keep it). */
  content: string;
}

/** The search index. On SQLite it is a table of FTS5 without these columns. */
interface MessageGramsTable {
  message_id: number;
  chat_id: number;
  grams: number[];
}
