/** A file that the database names and the store does not have as it should. */
export interface Broken {
  key: string;
  /** `media 12`, `thumbnail of media 12`, `picture of user 3`: whose it is. */
  of: string;
}

/** A list of which the first are named and all are counted. */
export interface Finding<T> {
  count: number;
  items: T[];
}

/** What a repair changed. */
export interface Repaired {
  removed: number;
  thumbnails: number;
  /** Users whose files were counted wrongly. */
  recounted: number;
}

export interface StorageReport {
  /** Files in the store. */
  files: number;
  /** Their bytes. */
  bytes: number;
  /** Files in the store that nothing in the database knows. */
  orphans: Finding<{ key: string; size: number }>;
  missing: Finding<Broken>;
  /** Files of another size than they had when they were stored. */
  damaged: Finding<Broken>;
  /** Null: nothing was changed, as nobody asked for it. */
  repaired: Repaired | null;
}

/** Of each finding so many are named. */
const NAMED = 1_000;

export const finding = <T>(): Finding<T> => ({ count: 0, items: [] });

export function note<T>(into: Finding<T>, items: readonly T[]): void {
  into.count += items.length;
  into.items.push(...items.slice(0, Math.max(0, NAMED - into.items.length)));
}
