import { expect, test } from "bun:test";
import { fileTypeFromBuffer } from "file-type";
import { sniff } from "../../src/media/sniff.ts";
import { animatedGif, solidPng } from "./made.ts";

const text = (latin1: string): Buffer => Buffer.from(latin1, "latin1");
const png = solidPng(8, 8, [1, 2, 3]);

const MADE: readonly (readonly [name: string, bytes: Uint8Array, type: string])[] = [
  ["PNG", png, "image/png"],
  ["JPEG", await new Bun.Image(png).jpeg().bytes(), "image/jpeg"],
  ["WebP", await new Bun.Image(png).webp().bytes(), "image/webp"],
  ["GIF", animatedGif(), "image/gif"],
  ["PDF", text("%PDF-1.7\n"), "application/pdf"],
  ["WAV", text("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0"), "audio/wav"],
  ["MP3 with tags", text("ID3\x03\0\0\0\0\0\x0a"), "audio/mpeg"],
  ["MP3 without", text("\xff\xfb\x90\x64" + "\0".repeat(60)), "audio/mpeg"],
  ["voice of an iPhone", text("\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom"), "audio/mp4"],
  ["film", text("\0\0\0\x18ftypisom\0\0\x02\0isomiso2"), "video/mp4"],
  ["film, another brand", text("\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), "video/mp4"],
  [
    "WebM",
    text(
      "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04",
    ),
    "video/webm",
  ],
];

test.each(MADE)("%s is recognised", (_name, bytes, type) => {
  expect(sniff(bytes)).toBe(type as never);
});

test("a well-known library says the same", async () => {
  const named = await Promise.all(MADE.map(async ([, bytes]) => (await fileTypeFromBuffer(bytes))?.mime));
  const ours = MADE.map(([, bytes]) => sniff(bytes));
  const same: Record<string, string> = { "audio/x-m4a": "audio/mp4" };
  // It wants more of an Ogg or a PDF file than its first bytes, so only what it knows is compared.
  const differing = named.flatMap((mime, index) =>
    mime === undefined || (same[mime] ?? mime) === ours[index] ? [] : [`${mime} and ${ours[index]}`],
  );
  expect(differing).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["half a signature", "\x89PNG"],
  ["HTML", "<!doctype html><title>a.jpg</title>"],
  ["HTML behind a blank", " \xff\xd8\xff"],
  ["SVG, which may hold scripts", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ["BMP", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"],
  ["TIFF", "II*\0\x08\0\0\0"],
  ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
  ["AVIF", "\0\0\0\x18ftypavif\0\0\0\0avifmif1"],
  ["ICO", "\0\0\x01\0\x01\0"],
  ["ZIP", "PK\x03\x04"],
  ["a program", "\x7fELF\x02\x01\x01"],
  ["RIFF of another kind", "RIFF\x24\0\0\0AVI LIST"],
  ["Matroska", "\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"],
  ["an MPEG frame with no bit rate", "\xff\xfb\x00\x64"],
  ["an MPEG frame with no sample rate", "\xff\xfb\x9c\x64"],
  ["UTF-16", "\xff\xfea\0"],
])("%s is not", (_name, latin1) => {
  expect(sniff(text(latin1))).toBeNull();
});
