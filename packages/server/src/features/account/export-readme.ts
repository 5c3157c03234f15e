import { iso } from '../../lib/clock';
import type { ExportSource } from './export-source';

/** Explains an archive to whoever opens it. */
export function readme(username: string, at: number, sources: readonly ExportSource[]): string {
  const about = sources.flatMap((source) => source.about);
  const width = Math.max(...about.map(({ path }) => path.length));
  const lines = about.map(({ path, meaning }) => `  ${path.padEnd(width)}  ${meaning}`);
  return [
    `This is what the chat server holds of the account "${username}", as of ${iso(at)}.`,
    '',
    'Files that end in .json hold one object. Files that end in .jsonl hold one object a line',
    '(JSON Lines), in the order of time or of numbers. All text is UTF-8, all times are UTC.',
    '',
    ...lines,
    '',
    'The numbers of chats, messages and users are the same in all files.',
    'Your password is stored as a hash from which it cannot be read, and is not in here.',
    '',
  ].join('\r\n');
}
