interface Shown {
  is_active: number;
  full_name: string | null;
  avatar_url: string | null;
  last_seen: number | null;
}

/**
 * A user as others may see them: of an account that is not active no name, picture or trace is
 * shown. `users.shown_name` does the same for the username, in the database.
 */
export function asShown<T extends Shown>(row: T): T {
  if (row.is_active === 1) return row;
  return { ...row, full_name: null, avatar_url: null, last_seen: null };
}
