/** A file in `fixtures/`; its README tells who made it. */
export const fixture = (name: string): string =>
  new URL(`./fixtures/${name}`, import.meta.url).pathname;

/** One of each type, with the type that it is sent as. */
export const FIXTURE_FILES: [name: string, type: string][] = [
  ['photo.jpg', 'image/jpeg'],
  ['picture.png', 'image/png'],
  ['picture.webp', 'image/webp'],
  ['moving.gif', 'image/gif'],
  ['photo.avif', 'image/avif'],
  ['photo.heic', 'image/heic'],
  ['picture.bmp', 'image/bmp'],
  ['picture.tif', 'image/tiff'],
  ['av/h264-aac.mp4', 'video/mp4'],
  ['av/phone-rotated.mov', 'video/quicktime'],
  ['av/vp9-opus.webm', 'video/webm'],
  ['av/h264-vorbis.mkv', 'video/x-matroska'],
  ['av/film.avi', 'video/x-msvideo'],
  ['av/tags-cover.mp3', 'audio/mpeg'],
  ['av/tags-cover.m4a', 'audio/mp4'],
  ['av/opus.ogg', 'audio/ogg'],
  ['av/vorbis.ogg', 'audio/ogg'],
  ['av/pcm.wav', 'audio/wav'],
  ['av/flac.flac', 'audio/flac'],
  ['av/aac.aac', 'audio/aac'],
  ['documents/two-pages.pdf', 'application/pdf'],
];
