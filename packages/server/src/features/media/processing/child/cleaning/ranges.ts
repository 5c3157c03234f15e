/** Bytes in what they were found in. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The same bytes, by their order, each in one range alone. */
export function* mergedRanges(ranges: readonly Range[]): Generator<Range> {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  let open: Range | undefined;
  for (const range of sorted) {
    if (open && range.start <= open.end) {
      open = { start: open.start, end: Math.max(open.end, range.end) };
    } else {
      if (open) yield open;
      open = range;
    }
  }
  if (open) yield open;
}

/** The places of `from` that are not in `without`: in order, each once, however often they are named. */
export function gaps(from: readonly Range[], without: readonly Range[]): Range[] {
  const kept = [...mergedRanges(without)];
  let next = 0;
  return [...mergedRanges(from)].flatMap((range) => {
    const parts: Range[] = [];
    let { start } = range;
    while ((kept[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    for (let i = next; ; i++) {
      const hole = kept[i];
      const end = Math.min(range.end, hole?.start ?? range.end);
      if (end > start) parts.push({ start, end });
      if (!hole || hole.start >= range.end) return parts;
      start = Math.max(start, hole.end);
    }
  });
}
