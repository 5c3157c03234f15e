import type { LucideIcon } from 'lucide-preact';
import {
  File,
  FileArchive,
  FileCode,
  FileSpreadsheet,
  FileText,
  Film,
  Image,
  Music,
} from '../../ui/icons';

const BY_TYPE: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//, Image],
  [/^video\//, Film],
  [/^audio\//, Music],
  [/zip|compressed|x-tar|gzip|x-7z|x-rar/, FileArchive],
  [/spreadsheet|excel|csv/, FileSpreadsheet],
  [/json|xml|html|javascript|x-sh|x-python/, FileCode],
  [/^text\/|pdf|word|document|rtf/, FileText],
];

/** The icon for files of a media type. */
export const iconOf = (type: string): LucideIcon =>
  BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? File;
