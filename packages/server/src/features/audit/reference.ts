import type { UserReference } from '@confab/protocol';

export interface NameRow {
  id: number;
  username: string | null;
  erased_at: number | null;
}

/** A user as administrators see them: with the real name, as long as there is one. */
export function reference(row: NameRow): UserReference {
  return {
    id: row.id as UserReference['id'],
    username: row.erased_at === null ? row.username : null,
  };
}
