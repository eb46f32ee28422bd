/** Pictures and traps, made byte by byte. */
import { crc32, deflateSync } from "node:zlib";
import { solidPng, firstPixel } from "../../src/sandbox/png.ts";

export { solidPng, firstPixel };

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** One chunk of a PNG, framed. */
function chunk(name: string, content: Uint8Array): Buffer {
  const framed = Buffer.alloc(12 + content.length);
  framed.writeUInt32BE(content.length, 0);
  framed.write(name, 4, "latin1");
  framed.set(content, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + content.length)), 8 + content.length);
  return framed;
}

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** @param extra chunks behind the header */
export function rgbaPng(
  width: number,
  height: number,
  pixel: (x: number, y: number) => Rgba,
  ...extra: Buffer[]
): Buffer<ArrayBuffer> {
  const lines = Buffer.alloc((width * 4 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) lines.set(pixel(x, y), y * (width * 4 + 1) + 1 + x * 4);
  }
  const parts = [
    SIGNATURE,
    header(width, height),
    ...extra,
    chunk("IDAT", deflateSync(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat(parts);
}

/** Says it has so many pixels, and holds hardly any. */
export function bombPng(width: number, height: number): Buffer<ArrayBuffer> {
  return Buffer.concat([
    SIGNATURE,
    header(width, height),
    chunk("IDAT", deflateSync(Buffer.alloc(1_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Eight bits for each of red, green, blue and opacity. */
function header(width: number, height: number): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([8, 6], 8);
  return chunk("IHDR", content);
}

/** A chunk of a few kilobytes that unpacks to `unpackedBytes`. */
export function profileBomb(unpackedBytes: number): Buffer {
  return chunk("iCCP", Buffer.concat([Buffer.from("x\0\0", "latin1"), deflateSync(Buffer.alloc(unpackedBytes))]));
}

/** Every pixel by chance, so that nothing compresses it. */
export function noisePng(width: number, height: number): Buffer<ArrayBuffer> {
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;
  return rgbaPng(width, height, () => [next(), next(), next(), 255]);
}

/** Two frames of 4×4 pixels: red, then blue. */
export function animatedGif(): Buffer<ArrayBuffer> {
  const frame = (colour: number): number[] => {
    const bits: number[] = [];
    const put = (code: number): void => {
      for (let bit = 0; bit < 3; bit++) bits.push((code >> bit) & 1);
    };
    // "Forget what you learned" before each pixel keeps every code three bits long.
    for (let pixel = 0; pixel < 16; pixel++) [4, colour].forEach(put);
    put(5);
    const packed: number[] = [];
    for (let at = 0; at < bits.length; at += 8) {
      packed.push(bits.slice(at, at + 8).reduce((byte, bit, place) => byte | (bit << place), 0));
    }
    return [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, 2, packed.length, ...packed, 0];
  };
  const screen = [4, 0, 4, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255];
  return Buffer.from([...Buffer.from("GIF89a"), ...screen, ...frame(0), ...frame(1), 0x3b]);
}

/** Puts a segment with "turn a quarter to the right" and a place where it was taken behind the start of a JPEG. */
export function withOrientation(jpeg: Uint8Array): Buffer<ArrayBuffer> {
  const directory = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const exif = Buffer.concat([
    Buffer.from("Exif\0\0", "latin1"),
    Buffer.from(directory),
    Buffer.from("at 10.7769N 106.7009E"),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

/** A progressive JPEG that tells its last layer again and again. */
export function scanBomb(progressive: Uint8Array, times: number): Buffer<ArrayBuffer> {
  const source = Buffer.from(progressive);
  const last = source.subarray(source.lastIndexOf(Buffer.from([0xff, 0xda])), source.length - 2);
  const end = source.subarray(source.length - 2);
  return Buffer.concat([source.subarray(0, source.length - 2), ...Array.from({ length: times }, () => last), end]);
}
