import { deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(Bun.hash.crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A square PNG of black and white points, all of it there: a few kilobytes that unpack to gigabytes. */
export function hugePng(side: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = deflateSync(new Uint8Array(side * (1 + Math.ceil(side / 8))), { level: 9 });
  const png = [chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', new Uint8Array())];
  return new Uint8Array(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...png]));
}

/** A GIF of 100 × 100 points whose frames are one point each. */
export function manyFramesGif(frames: number): Uint8Array<ArrayBuffer> {
  const screen = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 100, 0, 100, 0, 0x80, 0, 0];
  const colours = [0, 0, 0, 255, 255, 255];
  const delay = [0x21, 0xf9, 4, 0, 2, 0, 0, 0];
  const frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const one = Buffer.from([...delay, ...frame]);
  const all = Buffer.concat(Array.from({ length: frames }, () => one));
  return new Uint8Array(
    Buffer.concat([Buffer.from([...screen, ...colours]), all, Buffer.from([0x3b])]),
  );
}
