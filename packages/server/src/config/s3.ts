import { type SettingName, type Settings, SettingsError } from './settings';

/** Where files are kept when it is not on the disk. */
export interface S3Location {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const NAMES = [
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
] as const satisfies readonly SettingName[];

/**
 * The S3 bucket, if one is set.
 * @throws SettingsError naming what is missing, when some are set and others are not
 */
export function readS3Location(settings: Settings): S3Location | undefined {
  const missing = NAMES.filter((name) => settings[name] === '');
  if (missing.length === NAMES.length) return undefined;
  if (missing.length > 0) {
    throw new SettingsError(
      `To keep files in S3, ${missing.join(', ')} must be set as well; to keep them in STORAGE_DIR, leave all of ${NAMES.join(', ')} unset`,
    );
  }
  return {
    endpoint: settings.S3_ENDPOINT,
    bucket: settings.S3_BUCKET,
    region: settings.S3_REGION,
    accessKeyId: settings.S3_ACCESS_KEY_ID,
    secretAccessKey: settings.S3_SECRET_ACCESS_KEY,
  };
}
