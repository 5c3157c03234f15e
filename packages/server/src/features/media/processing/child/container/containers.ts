import {
  ADTS,
  FLAC,
  type InputFormat,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';

/** A container that we look into: how the library reads it, if it does, and by which demuxer of ffmpeg. */
export interface Container {
  readonly formats: InputFormat[];
  readonly demuxer: 'mov' | 'matroska' | 'mp3' | 'aac' | 'ogg' | 'wav' | 'flac' | 'avi';
}

const iso: Container = { formats: [MP4, QTFF], demuxer: 'mov' };
const matroska: Container = { formats: [WEBM, MATROSKA], demuxer: 'matroska' };
const mp3: Container = { formats: [MP3], demuxer: 'mp3' };
const adts: Container = { formats: [ADTS], demuxer: 'aac' };
const ogg: Container = { formats: [OGG], demuxer: 'ogg' };
const wave: Container = { formats: [WAVE], demuxer: 'wav' };
const flac: Container = { formats: [FLAC], demuxer: 'flac' };
const avi: Container = { formats: [], demuxer: 'avi' };

const CONTAINERS: Readonly<Record<string, Container>> = {
  'video/mp4': iso,
  'video/x-m4v': iso,
  'video/quicktime': iso,
  'video/3gpp': iso,
  'video/3gpp2': iso,
  'video/webm': matroska,
  'video/matroska': matroska,
  'video/x-matroska': matroska,
  'video/ogg': ogg,
  'video/x-msvideo': avi,
  'audio/mp4': iso,
  'audio/m4a': iso,
  'audio/x-m4a': iso,
  'audio/webm': matroska,
  'audio/matroska': matroska,
  'audio/x-matroska': matroska,
  'audio/mpeg': mp3,
  'audio/mp3': mp3,
  'audio/aac': adts,
  'audio/ogg': ogg,
  'audio/opus': ogg,
  'audio/vorbis': ogg,
  'audio/wav': wave,
  'audio/x-wav': wave,
  'audio/wave': wave,
  'audio/vnd.wave': wave,
  'audio/flac': flac,
  'audio/x-flac': flac,
};

/** Undefined for types that are stored, but not looked into. */
export const containerOf = (mimeType: string): Container | undefined => CONTAINERS[mimeType];
