import { afterAll, beforeAll, expect, test } from "bun:test";
import { fileTypeFromBuffer } from "file-type";
import { firstPixel, solidPng } from "../../src/sandbox/png.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { start } from "./sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.stop());

const get = (name: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${sandbox.mediaUrl}/${name}`, { redirect: "manual", ...(signal === undefined ? {} : { signal }) });

test("a PNG is one that a real decoder reads, of the right size and colour", async () => {
  const image = new Bun.Image(solidPng(320, 200, [220, 38, 38]));
  expect(await image.metadata()).toEqual({ format: "png", width: 320, height: 200 });
  expect(firstPixel(await image.png().bytes())).toEqual([220, 38, 38]);
});

test.each([
  ["red.png", "image/png", "image/png"],
  ["sticker.png", "image/png", "image/png"],
  ["blue-64x48.jpg", "image/jpeg", "image/jpeg"],
  ["photo.jpg", "image/jpeg", "image/jpeg"],
  ["2-photo.jpg", "image/jpeg", "image/jpeg"],
  ["file.pdf", "application/pdf", "application/pdf"],
  ["price-list.pdf", "application/pdf", "application/pdf"],
  ["voice.mp4", "audio/mp4", "audio/x-m4a"],
  ["video.mp4", "video/mp4", "video/mp4"],
])("%s is called %s and is %s", async (name, called, real) => {
  const response = await get(name);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, called]);
  expect((await fileTypeFromBuffer(await response.bytes()))?.mime).toBe(real);
});

test("a picture is as large as its name says", async () => {
  const sizeOf = async (name: string): Promise<number[]> => {
    const { width, height } = await new Bun.Image(await (await get(name)).bytes()).metadata();
    return [width, height];
  };
  expect(await sizeOf("red.png")).toEqual([320, 200]);
  expect(await sizeOf("red-64x48.png")).toEqual([64, 48]);
});

test("the photos of an album differ", async () => {
  const [first, second] = await Promise.all(
    ["photo.jpg", "1-photo.jpg"].map(async (name) => (await get(name)).bytes()),
  );
  expect(first).not.toEqual(second);
});

test.each(["404", "nothing.png", "red-0x5.png", "red-9999x5.png", "../v24.0/me"])("%s is not there", async (name) => {
  expect((await get(name)).status).toBe(404);
});

test("some files are traps: endless, slow, moved, or not what they are called", async () => {
  const huge = (await get("huge")).body?.getReader();
  let bytes = 0;
  while (bytes < 1_000_000) bytes += (await huge?.read())?.value?.length ?? 1_000_000;
  await huge?.cancel();
  const slow = await get("slow", AbortSignal.timeout(150));
  expect(slow.status).toBe(200);
  expect(await slow.bytes().catch((error: Error) => error.name)).toBe("TimeoutError");
  const moved = await get("moved");
  expect([moved.status, moved.headers.get("location")]).toEqual([302, "/media/red.png"]);
  const fake = await get("fake.png");
  expect([fake.headers.get("content-type"), (await fake.text()).slice(0, 9)]).toEqual(["image/png", "<!doctype"]);
});

test("only reading is allowed", async () => {
  expect((await fetch(`${sandbox.mediaUrl}/red.png`, { method: "POST" })).status).toBe(405);
});
