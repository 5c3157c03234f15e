import { type Box, findBox } from '../iso/boxes';
import { tooComplex } from './blanks';
import type { Range } from './ranges';

/** A table of an index: its entries, as far as the box holds them. */
interface Table {
  readonly count: number;
  at(entry: number, field?: number): number;
}

/** Chunks that hold nothing; recorders write none. */
const MAX_EMPTY = 100_000;

export interface Samples {
  readonly places: Range[];
  readonly samples: number;
}

/**
 * Where the samples of a track lie in the file, by its tables `stsz`, `stsc` and `stco` or `co64`.
 * @throws ConfabError `media_too_complex` for more samples than `most`
 */
export function samplesOf(bytes: Uint8Array, track: Box, most: number): Samples {
  const tables = sampleTables(bytes, track);
  if (!tables) return { places: [], samples: 0 };
  const { sizes, runs, chunks } = tables;
  const places: Range[] = [];
  let sample = 0;
  let run = 0;
  for (let chunk = 0; chunk < chunks.count && sample < sizes.count; chunk++) {
    while (run + 1 < runs.count && runs.at(run + 1) <= chunk + 1) run += 1;
    const last = Math.min(sizes.count, sample + runs.at(run, 1));
    if (last > most || chunk - sample > MAX_EMPTY) throw tooComplex();
    const start = chunks.at(chunk);
    let end = start;
    while (sample < last) end += sizes.at(sample++);
    if (end > start) places.push({ start, end });
  }
  return { places, samples: sample };
}

function sampleTables(bytes: Uint8Array, track: Box) {
  let parent: Box | undefined = track;
  for (const type of ['mdia', 'minf', 'stbl']) {
    parent = parent && findBox(bytes, parent.bodyStart, parent.end, type);
  }
  if (!parent) return undefined;
  const { bodyStart, end } = parent;
  const sizes = findBox(bytes, bodyStart, end, 'stsz');
  const runs = findBox(bytes, bodyStart, end, 'stsc');
  const short = findBox(bytes, bodyStart, end, 'stco');
  const long = findBox(bytes, bodyStart, end, 'co64');
  if (!sizes || !runs || !(short ?? long)) return undefined;
  return {
    sizes: sizeTable(bytes, sizes),
    runs: table(bytes, runs, 12, 4),
    chunks: short ? table(bytes, short, 4, 4) : table(bytes, long as Box, 8, 8),
  };
}

/** @param step bytes of an entry @param width bytes of a number, 4 or 8 */
function table(bytes: Uint8Array, box: Box, step: number, width: 4 | 8, skipped = 4): Table {
  const view = new DataView(
    bytes.buffer,
    bytes.byteOffset + box.bodyStart,
    box.end - box.bodyStart,
  );
  const start = skipped + 4;
  if (view.byteLength < start) return { count: 0, at: () => 0 };
  const room = Math.floor((view.byteLength - start) / step);
  return {
    count: Math.min(room, view.getUint32(skipped)),
    at(entry, field = 0) {
      const place = start + entry * step + field * width;
      if (place + width > view.byteLength) return 0;
      return width === 4 ? view.getUint32(place) : Number(view.getBigUint64(place));
    },
  };
}

/** One size for all samples, or a list. */
function sizeTable(bytes: Uint8Array, box: Box): Table {
  const listed = table(bytes, box, 4, 4, 8);
  if (box.end - box.bodyStart < 12) return listed;
  const view = new DataView(bytes.buffer, bytes.byteOffset + box.bodyStart, 12);
  const common = view.getUint32(4);
  return common === 0 ? listed : { count: view.getUint32(8), at: () => common };
}
