/**
 * A process of its own: draws a PDF's first page by PDFium, compiled to WebAssembly, and writes it as
 * PNG to its standard output. Argument: path. Ends by one of `PAGE_ENDINGS`.
 */
import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { sharp } from '../images/vips';
import { fitted } from '../thumbnails/thumbnail';
import { PAGE_ENDINGS } from './page-endings';

/** PDFs are drawn, so a small page may well be enlarged a little. */
const MAX_SCALE = 2;

async function main([path = '']: string[]): Promise<number> {
  const library = await PDFiumLibrary.init();
  const bytes = await Bun.file(path).bytes();
  const document = await library.loadDocument(bytes).catch((error: Error) => error);
  if (document instanceof Error) {
    return /not in PDF format/.test(document.message)
      ? PAGE_ENDINGS.unreadable
      : PAGE_ENDINGS.failed;
  }
  await Bun.write(Bun.stdout, await drawn(document));
  return PAGE_ENDINGS.drawn;
}

async function drawn(document: PDFiumDocument): Promise<Buffer> {
  const page = document.getPage(0);
  const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
  if (!(width > 0 && height > 0)) throw new Error('The page has no size');
  const size = fitted({ width: width * MAX_SCALE, height: height * MAX_SCALE });
  const { data } = await page.render({ ...size, render: 'bitmap' });
  return await sharp(data, { raw: { ...size, channels: 4 } })
    .removeAlpha()
    .png()
    .toBuffer();
}

process.exit(await main(process.argv.slice(2)).catch(() => PAGE_ENDINGS.failed));
