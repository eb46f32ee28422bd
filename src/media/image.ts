/**
 * Makes a picture fit for a model: known format, no larger than it looks at, small enough to be sent, and without what the
 * camera wrote beside it (place, time, device). Everything is encoded anew, so no byte of the original goes on.
 */
import type { Picture } from "../core/agent.ts";
import { barePng, jpegScans } from "./bombs.ts";
import type { MediaType } from "./sniff.ts";

/** A failure's reason completes "It could not be read: …". */
export type Prepared =
  { readonly kind: "picture"; readonly picture: Picture } | { readonly kind: "unreadable"; readonly reason: string };

/** Pictures above this are refused by Groq too. One takes 132 MB while it is decoded. */
const MOST_PIXELS = 33_000_000;

/** Each takes about 35 ms with the most pixels. Encoders write about 10. */
const MOST_SCANS = 40;

/** Three of them stay below 3.5 MB as base64; Groq takes requests of 4 MB. */
const PICTURE_BYTES = 870_000;

/** Tried in turn until the result is small enough. Even noise is, at the second. */
const STEPS = [
  { sidePx: 1_536, quality: 80 },
  { sidePx: 1_024, quality: 70 },
  { sidePx: 768, quality: 60 },
  { sidePx: 512, quality: 60 },
] as const;

/**
 * Decodes, turns upright, shrinks and encodes a picture. The work is done on a thread of the runtime's. Of an animation, the
 * first frame is taken.
 *
 * @param mime what the bytes are by their signature
 */
export async function preparePicture(bytes: Uint8Array, mime: MediaType): Promise<Prepared> {
  const bare = mime === "image/png" ? barePng(bytes) : { bytes, knowsTransparency: mime !== "image/jpeg" };
  if (bare === null) return DAMAGED;
  if (mime === "image/jpeg" && jpegScans(bytes) > MOST_SCANS) return TOO_MUCH;
  try {
    const seeThrough = bare.knowsTransparency && (await isTransparent(bare.bytes));
    let input = bare.bytes;
    for (const { sidePx, quality } of STEPS) {
      const shrunk = decoder(input).resize(sidePx, sidePx, { fit: "inside", withoutEnlargement: true });
      // JPEG knows no transparency and would show black, which hides a black logo. Models lay a PNG on white.
      const encoded = seeThrough ? shrunk.png() : shrunk.jpeg({ quality });
      const output = await encoded.bytes();
      if (output.byteLength <= PICTURE_BYTES) {
        return { kind: "picture", picture: { mime: seeThrough ? "image/png" : "image/jpeg", bytes: output } };
      }
      input = output;
    }
    return TOO_MUCH;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ERR_IMAGE_TOO_MANY_PIXELS") return TOO_MUCH;
    if (code.startsWith("ERR_IMAGE_")) return DAMAGED;
    throw error;
  }
}

const TOO_MUCH: Prepared = { kind: "unreadable", reason: "it is too large" };
const DAMAGED: Prepared = { kind: "unreadable", reason: "it is damaged or of an unknown kind" };

/** The decoder looks at the dimensions in the header before it makes room for the pixels. */
function decoder(bytes: Uint8Array): Bun.Image {
  return new Bun.Image(bytes, { maxPixels: MOST_PIXELS });
}

const PROBE_PX = 64;
/** Behind RIFF, size, WEBP, VP8L, size and signature: 14 bits each of width and height, then whether opacity is used. */
const LOSSLESS_BITS_AT = 21;
const LOSSLESS_OPACITY = 1 << 28;
/** With a colour profile the file begins with a chunk VP8X, whose flags say it. */
const EXTENDED_FLAGS_AT = 20;
const EXTENDED_OPACITY = 0x10;

/** Whether a picture really has transparent pixels: the encoder of lossless WebP looks at them all and notes it. */
async function isTransparent(bytes: Uint8Array): Promise<boolean> {
  const probe = decoder(bytes).resize(PROBE_PX, PROBE_PX, { fit: "inside", withoutEnlargement: true });
  const webp = Buffer.from(await probe.webp({ lossless: true }).bytes());
  if (webp.toString("latin1", 12, 16) === "VP8X") return (webp.readUInt8(EXTENDED_FLAGS_AT) & EXTENDED_OPACITY) !== 0;
  return (webp.readUInt32LE(LOSSLESS_BITS_AT) & LOSSLESS_OPACITY) !== 0;
}
