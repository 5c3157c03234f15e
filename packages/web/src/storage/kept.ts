/** What the browser does not let us keep: good as long as the page is open. */
const held = new Map<string, string>();

/** A small thing that earlier visits kept, or null. Works where the browser keeps nothing, too. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? held.get(key) ?? null;
  } catch {
    return held.get(key) ?? null;
  }
}

/** Keeps a small thing for all tabs and later visits; null takes it away. */
export function keep(key: string, value: string | null): void {
  held.delete(key);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    if (value !== null) held.set(key, value);
  }
}
