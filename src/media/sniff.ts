/**
 * What a file is, by its first bytes. Names and `content-type` are chosen by whoever sent it, so they are not asked. This is
 * an allow-list: what is not in it does not exist here, however well other programs know it.
 */
export const PICTURE_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;
export const AUDIO_TYPES = ["audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"] as const;
/** Files for pictures with sound, which are also used for sound alone. */
export const VIDEO_TYPES = ["video/mp4", "video/webm"] as const;

export type MediaType =
  (typeof PICTURE_TYPES)[number] | (typeof AUDIO_TYPES)[number] | (typeof VIDEO_TYPES)[number] | "application/pdf";

/** As many bytes as `sniff` looks at. */
export const SNIFFED_BYTES = 64;

/** First bytes as Latin-1 text, which keeps every byte a character. */
const SIGNATURES: readonly (readonly [signature: RegExp, type: MediaType])[] = [
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBP/, "image/webp"],
  [/^RIFF[^]{4}WAVE/, "audio/wav"],
  [/^OggS\0/, "audio/ogg"],
  [/^ID3[\x02-\x04]/, "audio/mpeg"],
  // A frame of MPEG layer III with a bit rate and a sample rate that exist; two bytes alone would be a guess.
  [
    /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\x1b\x20-\x2b\x30-\x3b\x40-\x4b\x50-\x5b\x60-\x6b\x70-\x7b\x80-\x8b\x90-\x9b\xa0-\xab\xb0-\xbb\xc0-\xcb\xd0-\xdb\xe0-\xeb]/,
    "audio/mpeg",
  ],
  [/^[^]{4}ftypM4[AB] /, "audio/mp4"],
  // HEIC and AVIF begin the same way and differ in the brand, so the brands are named.
  [/^[^]{4}ftyp(?:iso[m2-9]|mp4[12]|avc1|dash|M4V |MSNV|3gp[4-7])/, "video/mp4"],
  [/^\x1a\x45\xdf\xa3[^]{0,48}\x42\x82[^]webm/, "video/webm"],
  [/^%PDF-\d/, "application/pdf"],
];

/** @returns null for anything that is not on the list, and for bytes that are too few to tell */
export function sniff(bytes: Uint8Array): MediaType | null {
  const head = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString("latin1");
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1] ?? null;
}
