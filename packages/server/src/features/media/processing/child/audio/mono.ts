import type { AudioSample } from 'mediabunny';

/** How samples lie in memory, by the WebCodecs name without `-planar`; 0 of full scale is `middle`. */
interface Layout {
  readonly make: (bytes: ArrayBuffer) => ArrayLike<number>;
  readonly bytes: number;
  readonly middle: number;
  readonly fullScale: number;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  u8: { make: (bytes) => new Uint8Array(bytes), bytes: 1, middle: 128, fullScale: 128 },
  s16: { make: (bytes) => new Int16Array(bytes), bytes: 2, middle: 0, fullScale: 2 ** 15 },
  s32: { make: (bytes) => new Int32Array(bytes), bytes: 4, middle: 0, fullScale: 2 ** 31 },
  f32: { make: (bytes) => new Float32Array(bytes), bytes: 4, middle: 0, fullScale: 1 },
};

/**
 * All channels mixed into one, full scale 1. Converts by itself: @napi-rs/webcodecs 1.3.1 answers a
 * wish for another format with bytes that are none of it.
 */
export function mono(sample: AudioSample): Float32Array {
  const { numberOfChannels: channels, numberOfFrames: frames, format } = sample;
  const mixed = new Float32Array(frames);
  for (let channel = 0; channel < channels; channel += 1) {
    mix(mixed, channelOf(sample, channel, format), channels);
  }
  return mixed;
}

interface Channel {
  readonly values: ArrayLike<number>;
  readonly first: number;
  readonly step: number;
  readonly layout: Layout;
}

function channelOf(sample: AudioSample, channel: number, format: AudioSample['format']): Channel {
  const [name = '', planar] = format.split('-');
  const layout = LAYOUTS[name];
  if (!layout) throw new Error(`Unknown sample format ${format}`);
  const { numberOfChannels, numberOfFrames } = sample;
  const planes = planar ? 1 : numberOfChannels;
  const bytes = new Uint8Array(numberOfFrames * planes * layout.bytes);
  sample.copyTo(bytes, { planeIndex: planar ? channel : 0, format });
  return { values: layout.make(bytes.buffer), first: planar ? 0 : channel, step: planes, layout };
}

function mix(into: Float32Array, { values, first, step, layout }: Channel, channels: number): void {
  const { middle, fullScale } = layout;
  for (let frame = 0; frame < into.length; frame += 1) {
    const value = ((values[first + frame * step] ?? middle) - middle) / fullScale;
    into[frame] = (into[frame] ?? 0) + value / channels;
  }
}
