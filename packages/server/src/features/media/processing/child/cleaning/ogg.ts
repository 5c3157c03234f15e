import type { FileHandle } from 'node:fs/promises';
import { type Blank, SPACE } from './blanks';
import { corruptFile, tooMuchTold } from './corrupt';
import { type OggPage, pagesOf, withChecksum } from './ogg-pages';
import type { Range } from './ranges';
import { MAX_COMMENTS_BYTES, secretComments } from './vorbis-comments';

const MAX_PAGES = 20_000;

/** A part of a packet, and where in its page that lies. */
interface Piece {
  readonly page: OggPage;
  readonly start: number;
  readonly end: number;
}

/** One of the streams in the file. Its second packet has the comments. */
interface Stream {
  readonly packets: [first: Piece[], second: Piece[]];
  /** Packets that have come as a whole. */
  whole: number;
}

/**
 * What has to be blanked of an Ogg file (RFC 3533), whose streams all begin at its start: comments,
 * and with them the checksums of their pages.
 */
export async function oggBlanks(file: FileHandle, size: number): Promise<Blank[]> {
  const streams = await streamsOf(file, size);
  if (streams.length === 0) throw corruptFile();
  if (streams.some(isHalf)) throw tooMuchTold();
  return [...changedPages(streams)].map(({ start, bytes }) => {
    const head = withChecksum(bytes);
    return { start, end: start + head.length, head, fill: 0 };
  });
}

/** As far as their comments. */
async function streamsOf(file: FileHandle, size: number): Promise<Stream[]> {
  const streams = new Map<number, Stream>();
  let [pages, bytes] = [0, 0];
  for await (const page of pagesOf(file, size)) {
    const isAfter = !page.isFirst && [...streams.values()].every(({ whole }) => whole > 1);
    bytes += page.bytes.length;
    if (isAfter || pages++ === MAX_PAGES || bytes > MAX_COMMENTS_BYTES) break;
    const stream = streams.get(page.serial) ?? { packets: [[], []], whole: 0 };
    streams.set(page.serial, stream);
    add(stream, page);
  }
  return [...streams.values()];
}

/** Its comments began, and came to no end. */
const isHalf = ({ packets, whole }: Stream) => whole === 1 && packets[1].length > 0;

function add(stream: Stream, page: OggPage): void {
  for (const { start, end, isEnd } of page.segments) {
    stream.packets[stream.whole]?.push({ page, start, end });
    if (isEnd) stream.whole++;
  }
}

/** The pages in which anything was overwritten. */
function changedPages(streams: Iterable<Stream>): Set<OggPage> {
  const changed = new Set<OggPage>();
  for (const { packets, whole } of streams) {
    if (whole < 2) continue;
    const [first, second] = packets;
    const packet = joined(second);
    const start = commentsStart(joined(first), packet);
    if (start === undefined) continue;
    for (const place of secretComments(packet, start)) {
      for (const page of overwrite(second, place)) changed.add(page);
    }
  }
  return changed;
}

const joined = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map(({ page, start, end }) => page.bytes.subarray(start, end)));

/** Where the comments begin in a packet, by the codec; undefined when it has none. */
function commentsStart(first: Buffer, packet: Buffer): number | undefined {
  const begins = (magic: string) => packet.toString('latin1', 0, magic.length) === magic;
  const magic = ['OpusTags', '\x03vorbis', '\x81theora'].find(begins);
  if (magic !== undefined) return magic.length;
  const codec = first.toString('latin1', 0, 8);
  if (codec.startsWith('\x7fFLAC')) return ((packet[0] ?? 0) & 0x7f) === 4 ? 4 : undefined;
  return codec === 'Speex   ' ? 0 : undefined;
}

function* overwrite(pieces: readonly Piece[], place: Range): Generator<OggPage> {
  let before = 0;
  for (const { page, start, end } of pieces) {
    const from = start + Math.max(0, place.start - before);
    const to = Math.min(end, start + place.end - before);
    before += end - start;
    if (from >= to) continue;
    page.bytes.fill(SPACE, from, to);
    yield page;
  }
}
