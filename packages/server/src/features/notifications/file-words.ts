import { factsOf, type MediaRow } from '../messages';

export type ShownFile = Pick<MediaRow, 'media_type' | 'is_voice' | 'facts' | 'original_filename'>;

type Kind = 'photo' | 'video' | 'voice message' | 'audio file' | 'file';

/** What somebody did who sent files and wrote nothing: "Sent 3 photos". */
export function wordsOfFiles(files: readonly ShownFile[]): string {
  const [first] = files;
  if (!first) return 'New message';
  const kind = commonKind(files);
  if (files.length > 1) return `Sent ${files.length} ${kind}s`;
  const article = kind === 'audio file' ? 'an' : 'a';
  return `Sent ${article} ${kind}${detailOf(kind, first)}`;
}

/** Of files of several kinds one says no more than that they are files. */
function commonKind(files: readonly ShownFile[]): Kind {
  const kinds = new Set(files.map(kindOfFile));
  const [kind = 'file'] = kinds;
  return kinds.size === 1 ? kind : 'file';
}

function kindOfFile(file: ShownFile): Kind {
  switch (file.media_type) {
    case 'image':
      return 'photo';
    case 'video':
      return 'video';
    case 'audio':
      return file.is_voice === 1 ? 'voice message' : 'audio file';
    case 'document':
    case 'other':
      return 'file';
  }
}

/** How long it is, or what it is called: what tells whether to look at it now. */
function detailOf(kind: Kind, file: ShownFile): string {
  switch (kind) {
    case 'photo':
      return '';
    case 'video':
    case 'voice message': {
      const { duration } = factsOf(file);
      return duration === null ? '' : ` (${clockTime(duration)})`;
    }
    case 'audio file':
    case 'file':
      return `: ${file.original_filename}`;
  }
}

/** 12 seconds are 0:12, an hour is 1:00:00; nothing that lasts is 0:00. */
export function clockTime(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
