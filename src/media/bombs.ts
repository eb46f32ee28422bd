/**
 * Small files that cost a decoder gigabytes or minutes. The number of pixels, which the decoder checks itself, is not the
 * only trap:
 * - A PNG may carry a colour profile or a text that is compressed a thousandfold; Bun's decoder unpacks it whole, in memory
 *   and time, and copies the profile into what it writes.
 * - A progressive JPEG tells its picture in layers ("scans"), each of which takes a pass over all pixels and a few bytes.
 */

const PNG_SIGNATURE_BYTES = 8;
/** Length and name before a chunk's content, and a checksum behind it. */
const CHUNK_HEAD_BYTES = 8;
const CHUNK_FRAME_BYTES = 12;
/** What a PNG needs to be shown. Further frames of an animation (fdAT) are not in it. */
const NEEDED_CHUNKS = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** Bit of a PNG's colour type that says: every pixel has its own opacity. */
const ALPHA_BIT = 4;
const COLOUR_TYPE_AT = 25;

export interface BarePng {
  readonly bytes: Uint8Array;
  /** It has a way to say that a pixel is transparent. Most that have one do not use it. */
  readonly knowsTransparency: boolean;
}

/**
 * A PNG with nothing in it but the picture.
 *
 * @param bytes begins with the signature of a PNG
 * @returns null when the chunks cannot be followed to the end
 */
export function barePng(bytes: Uint8Array): BarePng | null {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [source.subarray(0, PNG_SIGNATURE_BYTES)];
  let knowsTransparency = ((source[COLOUR_TYPE_AT] ?? 0) & ALPHA_BIT) !== 0;
  for (let at = PNG_SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= source.length;) {
    const end = at + CHUNK_FRAME_BYTES + source.readUInt32BE(at);
    if (end > source.length) return null;
    const name = source.toString("latin1", at + 4, at + CHUNK_HEAD_BYTES);
    if (NEEDED_CHUNKS.includes(name)) kept.push(source.subarray(at, end));
    if (name === "tRNS") knowsTransparency = true;
    if (name === "IEND") return { bytes: Buffer.concat(kept), knowsTransparency };
    at = end;
  }
  return null;
}

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** Markers without content of their own: TEM, the restarts and the start of the image. */
function standsAlone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd8);
}

/**
 * How many passes a JPEG asks for: 1 for most, about 10 for a progressive one.
 *
 * Follows the markers as libjpeg does, and stops where it does: phones append films behind the end of a picture.
 *
 * @param bytes begins with the signature of a JPEG
 */
export function jpegScans(bytes: Uint8Array): number {
  let scans = 0;
  let at = 0;
  for (;;) {
    at = bytes.indexOf(MARKER, at);
    if (at === -1 || at + 1 >= bytes.length) return scans;
    const code = bytes[at + 1] ?? 0;
    // 0xff 0x00 is a byte of the picture; several 0xff in a row are padding.
    if (code === 0x00 || code === MARKER || standsAlone(code)) {
      at += code === MARKER ? 1 : 2;
      continue;
    }
    if (code === END_OF_IMAGE) return scans;
    if (code === START_OF_SCAN) scans++;
    const contentBytes = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    at += 2 + contentBytes;
  }
}
