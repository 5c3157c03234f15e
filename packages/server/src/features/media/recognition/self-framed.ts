/** Kilobits a second by the index in an MPEG audio frame's header, layer III; rows: MPEG 1, MPEG 2 and 2.5. */
const LAYER3_KBITS = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const HERTZ: Readonly<Record<number, readonly number[]>> = {
  3: [44100, 48000, 32000],
  2: [22050, 24000, 16000],
  0: [11025, 12000, 8000],
};

/** The length of the MPEG layer III frame at `at`, or undefined when there is none. */
function mpegFrameLength(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, kind = 0, rates = 0] = bytes.subarray(at, at + 3);
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2) return undefined;
  const version = (kind >> 3) & 3;
  const kbits = LAYER3_KBITS[version === 3 ? 0 : 1][rates >> 4];
  const hertz = HERTZ[version]?.[(rates >> 2) & 3];
  if (!kbits || !hertz) return undefined;
  const samplesPerByte = version === 3 ? 144 : 72;
  return Math.floor((samplesPerByte * kbits * 1000) / hertz) + ((rates >> 1) & 1);
}

function adtsFrameLength(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, kind = 0, , b3 = 0, b4 = 0, b5 = 0] = bytes.subarray(at, at + 6);
  if (sync !== 0xff || (kind & 0xf6) !== 0xf0) return undefined;
  const length = ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5);
  return length < 7 ? undefined : length;
}

type FrameLength = (bytes: Uint8Array, at: number) => number | undefined;

/** Whether three frames follow each other, or as many as there are until the end. */
function framesAt(bytes: Uint8Array, start: number, lengthAt: FrameLength): boolean {
  let at = start;
  for (let frames = 0; frames < 3; frames++) {
    const length = lengthAt(bytes, at);
    if (length === undefined) return false;
    at += length;
    if (at >= bytes.length) return frames > 0 || at === bytes.length;
  }
  return true;
}

export const mpegAudioAt = (bytes: Uint8Array, at: number): boolean =>
  framesAt(bytes, at, mpegFrameLength);
export const adtsAt = (bytes: Uint8Array, at: number): boolean =>
  framesAt(bytes, at, adtsFrameLength);

/** An MPEG transport stream: a sync byte every 188 bytes. */
export function packetsStreamAt(head: Uint8Array): boolean {
  const packets = Math.min(5, Math.floor(head.length / 188));
  if (packets < 2) return false;
  return Array.from({ length: packets }, (_, i) => head[i * 188]).every((byte) => byte === 0x47);
}
