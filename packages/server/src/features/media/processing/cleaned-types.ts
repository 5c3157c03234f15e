/** What is stripped of what it tells of where, when, by whom and with what it was made. */
const CLEANED = [
  ...['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/heic', 'image/avif'],
  ...['image/tiff', 'video/mp4', 'video/quicktime', 'video/3gpp', 'audio/mp4'],
  ...['audio/mpeg', 'audio/aac', 'audio/flac', 'audio/ogg', 'video/ogg'],
  ...['video/webm', 'audio/webm', 'video/x-matroska'],
] as const;

export type CleanedType = (typeof CLEANED)[number];

export const isCleaned = (mimeType: string): mimeType is CleanedType =>
  (CLEANED as readonly string[]).includes(mimeType);
