/** Damages files at random, the same for the same seed, so that a failure can be looked at again. */
export function* mutations(original: Uint8Array, count: number, seed = 1): Generator<Uint8Array> {
  const random = randomOf(seed);
  for (let index = 0; index < count; index += 1) {
    yield index % 4 === 0 ? truncated(original, random) : flipped(original, random);
  }
}

/** A whole number from 0 to below `end`. */
type Random = (end: number) => number;

/** Marsaglia's xorshift32. */
function randomOf(seed: number): Random {
  let state = seed | 1;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

const truncated = (original: Uint8Array, random: Random) =>
  original.slice(0, random(original.length));

/** Headers are what readers trust, so most damage goes there. */
function flipped(original: Uint8Array, random: Random): Uint8Array {
  const bytes = original.slice();
  const reach = random(2) ? bytes.length : Math.min(bytes.length, 1024);
  for (let times = 1 + random(8); times > 0; times -= 1) {
    const at = random(reach);
    bytes[at] = random(3) ? random(256) : random(2) * 255;
  }
  return bytes;
}

/** As above, and with lengths that lie, pieces that are twice or not there, and pieces of another file. */
export function* damages(
  original: Uint8Array,
  other: Uint8Array,
  { count, seed }: { count: number; seed: number },
): Generator<Uint8Array<ArrayBuffer>> {
  const random = randomOf(seed);
  const ways = [truncated, flipped, lying, repeated, shortened, spliced];
  for (let index = 0; index < count; index += 1) {
    const way = ways[(index + seed) % ways.length] ?? flipped;
    yield new Uint8Array(way(original, random, other));
  }
}

const LENGTHS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Most formats have their lengths in two or four bytes, at the front. */
function lying(original: Uint8Array, random: Random): Uint8Array {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const reach = random(3) ? Math.min(bytes.length, 2048) : bytes.length;
    view.setUint32(random(reach - 4), LENGTHS[random(LENGTHS.length)] ?? 0, random(2) === 0);
  }
  return bytes;
}

function repeated(original: Uint8Array, random: Random): Uint8Array {
  const from = random(original.length);
  const piece = original.subarray(from, from + 1 + random(512));
  return joined(
    original.subarray(0, from),
    ...Array(1 + random(20)).fill(piece),
    original.subarray(from),
  );
}

function shortened(original: Uint8Array, random: Random): Uint8Array {
  const from = random(original.length);
  return joined(original.subarray(0, from), original.subarray(from + 1 + random(512)));
}

function spliced(original: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return joined(
    original.subarray(0, random(original.length)),
    other.subarray(random(other.length)),
  );
}

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
