/**
 * A process of its own: decodes one key frame by @napi-rs/webcodecs and writes it as PNG to its
 * standard output. Arguments: path, media type, seconds. Ends with 1 where that does not work, as
 * where the optional package is not installed.
 */
import { EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import { systemClock } from '../../../../../lib/clock';
import { containerOf } from '../container/containers';
import { FOR_CONTENT, openContainer } from '../container/open-container';
import { sharp } from '../images/vips';
import { fitted } from '../thumbnails/thumbnail';

type Codecs = typeof import('@napi-rs/webcodecs');
type Frame = InstanceType<Codecs['VideoFrame']>;

const LIMITS = { clock: systemClock, budget: FOR_CONTENT };

async function main([path = '', mimeType = '', seconds = '0']: string[]): Promise<void> {
  const container = containerOf(mimeType);
  if (!container) throw new Error(`No container is called ${mimeType}`);
  const codecs = await import('@napi-rs/webcodecs');
  const png = await openContainer(path, container, LIMITS, async (input) => {
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('There are no pictures');
    const frame = await decode(track, Number(seconds), codecs);
    return await displayed(frame, track);
  });
  await Bun.write(Bun.stdout, png);
}

async function decode(track: InputVideoTrack, at: number, codecs: Codecs): Promise<Frame> {
  const config = await track.getDecoderConfig();
  const sink = new EncodedPacketSink(track);
  const packet = (await sink.getKeyPacket(at)) ?? (await sink.getFirstKeyPacket());
  if (!config || !packet) throw new Error('There is no key frame');
  const { promise, resolve, reject } = Promise.withResolvers<Frame>();
  const decoder = new codecs.VideoDecoder({ output: resolve, error: reject });
  decoder.configure(config as Parameters<typeof decoder.configure>[0]);
  const { data, microsecondTimestamp: timestamp } = packet;
  decoder.decode(new codecs.EncodedVideoChunk({ type: 'key', timestamp, data }));
  decoder.flush().then(() => reject(new Error('The key frame gave no picture')), reject);
  return await promise;
}

/** Upright, in square pixels. */
async function displayed(frame: Frame, track: InputVideoTrack): Promise<Buffer> {
  const { width, height } = frame.visibleRect;
  const pixels = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
  await frame.copyTo(pixels, { format: 'RGBA' });
  const upright = await sharp(pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .rotate(await track.getRotation())
    .png({ compressionLevel: 1 })
    .toBuffer();
  const shown = { width: await track.getDisplayWidth(), height: await track.getDisplayHeight() };
  return await sharp(upright)
    .resize({ ...fitted(shown), fit: 'fill' })
    .png()
    .toBuffer();
}

process.exit(
  await main(process.argv.slice(2)).then(
    () => 0,
    () => 1,
  ),
);
