import { nothingKnown, type Processed, type ProcessRequest, type Recognised } from '../processed';

type Process = (request: ProcessRequest) => Promise<Processed>;

const nothing: Process = async () => nothingKnown();
/** Libraries are loaded by the first file that needs them. */
const image: Process = async (request) =>
  (await import('./images/process-image')).processImage(request);
const video: Process = async (request) =>
  (await import('./video/process-video')).processVideo(request);
const audio: Process = async (request) =>
  (await import('./audio/process-audio')).processAudio(request);
const document: Process = async (request) =>
  (await import('./documents/process-document')).processDocument(request);

/** Types that are offered as documents, though they hold one image. */
const IMAGE_DOCUMENTS: ReadonlySet<string> = new Set(['image/tiff']);

const PROCESSORS: Record<Recognised['mediaType'], Process> = {
  image,
  video,
  audio,
  document,
  other: nothing,
};

/** Where each kind of file is looked into. */
export function processorOf(recognised: Recognised): Process {
  if (IMAGE_DOCUMENTS.has(recognised.mimeType)) return image;
  return PROCESSORS[recognised.mediaType];
}
