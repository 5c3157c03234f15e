import type { StorageReport } from '../features/media';
import { table } from './table';

/** So many of each finding are shown; `--json` names more. */
const SHOWN = 50;

/** What was found in the storage, for people. */
export function showStorage(report: StorageReport): string {
  const { files, bytes, orphans, missing, damaged } = report;
  const found = [
    section(missing, 'MISSING', 'named in the database, but not stored', (item) => item.of),
    section(damaged, 'DAMAGED', 'of another size than when they were stored', (item) => item.of),
    section(orphans, 'UNKNOWN', 'stored, but not named in the database', (item) => size(item.size)),
  ].filter((text) => text !== '');
  const summary = `${files} files, ${size(bytes)}.\n`;
  if (found.length === 0 && !report.repaired?.recounted) return `${summary}All is well.\n`;
  return [summary, ...found, advice(report)].join('\n');
}

/** Whether anything does not fit, or did not before and could not be repaired. */
export function isAtFault({ missing, damaged, orphans, repaired }: StorageReport): boolean {
  const mended = repaired ?? { thumbnails: 0, removed: 0 };
  return damaged.count > 0 || missing.count > mended.thumbnails || orphans.count > mended.removed;
}

function section<T extends { key: string }>(
  { count, items }: { count: number; items: readonly T[] },
  heading: string,
  meaning: string,
  about: (item: T) => string,
): string {
  if (count === 0) return '';
  const rows = items.slice(0, SHOWN).map((item) => [item.key, about(item)]);
  const more = count > rows.length ? `and ${count - rows.length} more\n` : '';
  return `${count} ${meaning}:\n${table([heading, ''], rows)}${more}`;
}

function advice({ repaired, missing, damaged, orphans }: StorageReport): string {
  if (repaired) {
    return (
      `Removed: ${repaired.removed}. Thumbnails that are made anew: ${repaired.thumbnails}. ` +
      `Users whose room was counted anew: ${repaired.recounted}.\n`
    );
  }
  const lost = 'What is missing or damaged can be put back from a backup, under the same name.\n';
  const hint = '--repair removes what is unknown, and has lost thumbnails made anew.\n';
  const isLost = missing.count + damaged.count > 0;
  return `${isLost ? lost : ''}${orphans.count + missing.count > 0 ? hint : ''}`;
}

function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`;
}
