import { nothingKnown, type Processed, type ProcessRequest } from '../../processed';
import { systemTools, type Tools } from '../bounded/tools';
import { thumbnailOf } from '../thumbnails/thumbnail';
import { embeddedPicture } from './embedded-picture';
import { firstPage } from './first-page';

type FindPicture = (request: ProcessRequest, tools: Tools) => Promise<Uint8Array | null>;

/** Office Open XML and OpenDocument, each a ZIP archive. */
const PACKAGES = /^application\/(vnd\.openxmlformats-officedocument|vnd\.oasis\.opendocument)\./;

/**
 * A thumbnail of a document: a PDF's first page, or the picture that an office document brings along.
 * @throws ConfabError `corrupt_media`
 */
export async function processDocument(
  request: ProcessRequest,
  tools: Tools = systemTools(),
): Promise<Processed> {
  const picture = await pictureFinder(request.recognised.mimeType)(request, tools);
  return { ...nothingKnown(), ...(await thumbnailOf(picture, request.outputDir)) };
}

function pictureFinder(mimeType: string): FindPicture {
  if (mimeType === 'application/pdf') return firstPage;
  if (PACKAGES.test(mimeType)) return ({ path }) => embeddedPicture(path);
  return async () => null;
}
