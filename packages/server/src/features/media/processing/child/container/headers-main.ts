/**
 * A process of its own: reads the headers of a container and writes them as JSON (`Answer`) to its
 * standard output. Arguments: path, media type.
 */
import { ConfabError } from '@confab/protocol/failure';
import type { Input } from 'mediabunny';
import { systemClock } from '../../../../../lib/clock';
import { coverOf, tagsOf } from '../audio/tags';
import { containerOf } from './containers';
import type { Answer, Contents } from './contents';
import { optional, readHeaders } from './headers';
import { FOR_HEADERS, openContainer } from './open-container';

const MAX_COVER_BYTES = 8 * 1024 * 1024;
const LIMITS = { clock: systemClock, budget: FOR_HEADERS };

async function answer([path = '', mimeType = '']: string[]): Promise<Answer> {
  const container = containerOf(mimeType);
  if (!container) throw new Error(`No container is called ${mimeType}`);
  try {
    return { contents: await openContainer(path, container, LIMITS, contentsOf) };
  } catch (error) {
    if (!(error instanceof ConfabError)) throw error;
    return { refused: { code: error.code, detail: error.message } };
  }
}

async function contentsOf(input: Input): Promise<Contents> {
  const headers = await readHeaders(input);
  const tags = (await optional(() => input.getMetadataTags())) ?? {};
  const cover = coverOf(tags);
  const fits = cover !== null && cover.length <= MAX_COVER_BYTES;
  return {
    ...headers,
    tags: tagsOf(tags),
    cover: fits ? Buffer.from(cover).toString('base64') : null,
  };
}

await Bun.write(Bun.stdout, JSON.stringify(await answer(process.argv.slice(2))));
process.exit(0);
