import { describe, expect, test } from "bun:test";
import { barePng, jpegScans } from "../../src/media/bombs.ts";
import { preparePicture } from "../../src/media/image.ts";
import type { MediaType } from "../../src/media/sniff.ts";
import { nearestColour } from "../../src/sandbox/colours.ts";
import {
  animatedGif,
  bombPng,
  firstPixel,
  noisePng,
  profileBomb,
  rgbaPng,
  scanBomb,
  solidPng,
  withOrientation,
} from "./made.ts";

/** What came out, as a decoder sees it. */
async function prepared(
  bytes: Uint8Array,
  mime: MediaType,
): Promise<{ mime: string; width: number; height: number; bytes: Uint8Array; colour: string }> {
  const result = await preparePicture(bytes, mime);
  if (result.kind !== "picture") throw new Error(`not prepared: ${result.reason}`);
  const { picture } = result;
  const own = new Uint8Array(picture.bytes);
  const { width, height } = await new Bun.Image(own).metadata();
  const pixel = firstPixel(await new Bun.Image(own).resize(1, 1).png().bytes());
  return {
    mime: picture.mime,
    width,
    height,
    bytes: own,
    colour: (pixel === null ? null : nearestColour(pixel)?.en) ?? "",
  };
}

const jpeg = (png: Uint8Array): Promise<Uint8Array> => new Bun.Image(png).jpeg().bytes();

describe("a picture for a model", () => {
  test("is a JPEG of at most 1536 pixels a side, in its own proportions and colour", async () => {
    const shown = await prepared(solidPng(4_000, 3_000, [220, 38, 38]), "image/png");
    expect(shown).toMatchObject({ mime: "image/jpeg", width: 1_536, height: 1_152, colour: "red" });
    const tall = await prepared(await jpeg(solidPng(1_000, 2_000, [37, 99, 235])), "image/jpeg");
    expect(tall).toMatchObject({ mime: "image/jpeg", width: 768, height: 1_536, colour: "blue" });
  });

  test("is not blown up", async () => {
    expect(await prepared(solidPng(20, 10, [220, 38, 38]), "image/png")).toMatchObject({ width: 20, height: 10 });
  });

  test("keeps a pixel of width when it is a line", async () => {
    expect(await prepared(solidPng(1, 30_000, [1, 2, 3]), "image/png")).toMatchObject({ width: 1, height: 1_536 });
  });

  test("stays below a third of 3.5 MB as base64, even when it is noise", async () => {
    const shown = await prepared(noisePng(1_600, 1_600), "image/png");
    expect(Math.ceil(shown.bytes.length / 3) * 4 * 3).toBeLessThan(3_500_000);
    expect(shown.width).toBe(1_024);
  });

  test("stands upright, and says nothing of where it was taken", async () => {
    const turned = withOrientation(await jpeg(solidPng(64, 32, [37, 99, 235])));
    const shown = await prepared(turned, "image/jpeg");
    expect(shown).toMatchObject({ width: 32, height: 64, colour: "blue" });
    expect(Buffer.from(turned).includes("10.7769N")).toBe(true);
    expect(Buffer.from(shown.bytes).includes("10.7769N")).toBe(false);
  });

  test("is the first frame of an animation", async () => {
    expect(await prepared(animatedGif(), "image/gif")).toMatchObject({ mime: "image/jpeg", width: 4, colour: "red" });
  });

  test("may come as WebP", async () => {
    const webp = await new Bun.Image(solidPng(64, 32, [37, 99, 235])).webp().bytes();
    expect(await prepared(webp, "image/webp")).toMatchObject({ mime: "image/jpeg", width: 64, colour: "blue" });
  });

  test("keeps its transparency, so a black logo does not drown in black", async () => {
    const logo = rgbaPng(200, 100, (x) => [0, 0, 0, x < 100 ? 0 : 255]);
    expect(await prepared(logo, "image/png")).toMatchObject({ mime: "image/png", width: 200 });
    const webp = await new Bun.Image(logo).webp().bytes();
    expect(await prepared(webp, "image/webp")).toMatchObject({ mime: "image/png", width: 200 });
  });

  test("is a JPEG when it could be transparent and is not, like the screenshots of phones", async () => {
    const screenshot = rgbaPng(200, 100, () => [220, 38, 38, 255]);
    expect(await prepared(screenshot, "image/png")).toMatchObject({ mime: "image/jpeg", colour: "red" });
  });

  test("is told transparent from opaque with a colour profile in it too", async () => {
    // The runtime keeps a profile, so this makes a WebP that has one.
    const webp = (alpha: number): Promise<Uint8Array> =>
      new Bun.Image(rgbaPng(200, 255, (x) => [220, 38, 38, x < 100 ? alpha : 255], profileBomb(300))).webp().bytes();
    expect(Buffer.from(await webp(0)).includes("ICCP")).toBe(true);
    expect(await prepared(await webp(0), "image/webp")).toMatchObject({ mime: "image/png" });
    expect(await prepared(await webp(255), "image/webp")).toMatchObject({ mime: "image/jpeg" });
  });

  test("that is transparent noise is made smaller until it fits", async () => {
    const noise = noisePng(800, 800);
    const half = rgbaPng(800, 800, (x, y) => [
      noise[x * y] ?? 0,
      noise[x * 7 + y * 800] ?? 0,
      noise[x + y * 900] ?? 0,
      x < 400 ? 0 : 255,
    ]);
    expect((await prepared(half, "image/png")).bytes.length).toBeLessThanOrEqual(870_000);
  });
});

describe("a bomb", () => {
  test.each([
    [30_000, 30_000],
    [5_745, 5_745],
  ])("of %d×%d pixels is refused before they are unpacked", async (width, height) => {
    // Its data is cut short, so a decoder that began with it would call it damaged.
    const refused = await preparePicture(bombPng(width, height), "image/png");
    expect(refused).toEqual({ kind: "unreadable", reason: "it is too large" });
  });

  test("of sizes that do not exist cannot be read", async () => {
    expect((await preparePicture(bombPng(0x7fffffff, 0x7fffffff), "image/png")).kind).toBe("unreadable");
  });

  test("in a colour profile is thrown away unopened", async () => {
    const bomb = rgbaPng(8, 8, () => [220, 38, 38, 255], profileBomb(100_000_000));
    const startedAt = performance.now();
    const shown = await prepared(bomb, "image/png");
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(shown).toMatchObject({ colour: "red" });
    expect(shown.bytes.length).toBeLessThan(10_000);
  });

  test("of layers is refused, an ordinary progressive picture is not", async () => {
    const progressive = await new Bun.Image(solidPng(64, 64, [37, 99, 235])).jpeg({ progressive: true }).bytes();
    expect(await prepared(progressive, "image/jpeg")).toMatchObject({ colour: "blue" });
    expect(await preparePicture(scanBomb(progressive, 100), "image/jpeg")).toEqual({
      kind: "unreadable",
      reason: "it is too large",
    });
  });
});

test("layers are counted up to the end of the picture, not in what a phone appends", async () => {
  const plain = await jpeg(noisePng(64, 64));
  const film = Buffer.from([0, 2, ...Array.from({ length: 100 }, () => [0xff, 0xda, 0, 2]).flat()]);
  expect(jpegScans(plain)).toBe(1);
  expect(jpegScans(Buffer.concat([plain, film]))).toBe(1);
  expect(jpegScans(withOrientation(plain))).toBe(1);
  expect(jpegScans(await new Bun.Image(noisePng(64, 64)).jpeg({ progressive: true }).bytes())).toBe(10);
});

test("counting layers ends on any bytes", () => {
  const heads = [
    [],
    [0xff],
    [0xff, 0xd8],
    [0xff, 0xd8, 0xff],
    [0xff, 0xd8, 0xff, 0xe0],
    [0xff, 0xd8, 0xff, 0xe0, 0, 0],
    [0xff, 0xd8, 0xff, 0xff, 0xff],
  ];
  expect(heads.map((head) => jpegScans(Uint8Array.from(head)))).toEqual(heads.map(() => 0));
});

test.each([
  ["a PNG cut in the middle", solidPng(64, 64, [1, 2, 3]).subarray(0, 60), "image/png"],
  ["a PNG with nothing behind its signature", solidPng(1, 1, [1, 2, 3]).subarray(0, 8), "image/png"],
  ["a PNG of no size", bombPng(0, 0), "image/png"],
  ["a JPEG that is only a signature", Buffer.from([0xff, 0xd8, 0xff]), "image/jpeg"],
  ["a GIF that is only a signature", Buffer.from("GIF89a"), "image/gif"],
  ["a WebP that is only a signature", Buffer.from("RIFF\x04\0\0\0WEBP"), "image/webp"],
] as const)("%s cannot be read", async (_name, bytes, mime) => {
  expect(await preparePicture(new Uint8Array(bytes), mime)).toEqual({
    kind: "unreadable",
    reason: "it is damaged or of an unknown kind",
  });
});

test("a chunk that claims to be longer than the file ends the reading", () => {
  const png = Buffer.from(solidPng(8, 8, [1, 2, 3]));
  png.writeUInt32BE(0xffffffff, 8);
  expect(barePng(png)).toBeNull();
});
