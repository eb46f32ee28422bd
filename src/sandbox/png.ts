/** Pictures of one colour: written as PNG, and read back from whatever the bot made of them. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

export type Rgb = readonly [red: number, green: number, blue: number];

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG of one colour, eight bits for each of red, green and blue. */
export function solidPng(width: number, height: number, colour: Rgb): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  // Each row begins with the number of its filter; 0 is none.
  const row = Buffer.alloc(1 + 3 * width);
  for (let x = 0; x < width; x++) row.set(colour, 1 + 3 * x);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Uint8Array.from(
    Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]),
  );
}

/** The colour of the first pixel of a PNG with eight bits a channel; null for any other. */
export function firstPixel(png: Uint8Array): Rgb | null {
  const bytes = Buffer.from(png);
  const data: Uint8Array[] = [];
  let readable = false;
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + size);
    // Depth 8, and red, green, blue with or without alpha. The first pixel is the same under every filter.
    if (type === "IHDR") readable = content[8] === 8 && (content[9] === 2 || content[9] === 6);
    if (type === "IDAT") data.push(content);
    at += size + 12;
  }
  if (!readable) return null;
  const [, red, green, blue] = inflateSync(Buffer.concat(data));
  return red === undefined || green === undefined || blue === undefined ? null : [red, green, blue];
}

function chunk(type: string, content: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(typed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}
