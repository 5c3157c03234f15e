interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** All items of a list that comes by pages. */
export async function everyPage<T>(
  load: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let page = await load({ limit: 100 });
  items.push(...page.items);
  while (page.next_cursor !== null) {
    page = await load({ limit: 100, cursor: page.next_cursor });
    items.push(...page.items);
  }
  return items;
}
