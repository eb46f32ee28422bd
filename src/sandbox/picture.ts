/** What the fake model sees of a picture it was given. */
import { nearestColour, type Colour } from "./colours.ts";
import { firstPixel } from "./png.ts";

export interface SeenPicture {
  /** "PNG", "JPEG": what the bytes are, whatever they were called. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** On the whole; null when it cannot be told. */
  readonly colour: Colour | null;
}

/**
 * Looks at the bytes of a `data:` address.
 *
 * @returns null when it is none, or when the bytes are no picture
 */
export async function seePicture(url: string): Promise<SeenPicture | null> {
  const base64 = /^data:image\/[\w.+-]+;base64,(.*)$/s.exec(url)?.[1];
  if (base64 === undefined) return null;
  const bytes = Buffer.from(base64, "base64");
  try {
    const { width, height, format } = await new Bun.Image(bytes).metadata();
    return { format: format.toUpperCase(), width, height, bytes: bytes.length, colour: await colourOf(bytes) };
  } catch {
    // The decoder says in many ways that this is no picture; to the model they are all the same.
    return null;
  }
}

/** Shrunk to a single pixel, a picture shows its mean colour. */
async function colourOf(bytes: Buffer): Promise<Colour | null> {
  const pixel = firstPixel(await new Bun.Image(bytes).resize(1, 1).png().bytes());
  return pixel === null ? null : nearestColour(pixel);
}
