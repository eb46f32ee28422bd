// From an address to what a model is shown, with the sandbox's own files and traps.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { META_MEDIA_HOSTS } from "../../src/media/address.ts";
import { pictureLoader, type Loaded, type Locate, type PictureSource } from "../../src/media/load.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { seePicture } from "../../src/sandbox/picture.ts";
import { start } from "../sandbox/sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.stop());

const OWNER = { channel: "telegram", accountId: 7 } as const;
const at = (name: string): PictureSource => ({ owner: OWNER, url: `${sandbox.mediaUrl}/${name}`, fileId: null });
/** A platform that names its files by id: they lie with the sandbox's others. */
const locate: Locate = async ({ accountId }, fileId) =>
  accountId === 7 && fileId.endsWith(".png")
    ? { kind: "located", url: `${sandbox.mediaUrl}/${fileId}` }
    : { kind: "unavailable", reason: "it is gone" };

const load = (name: string, timeoutMs = 15_000, fileId: string | null = null): Promise<Loaded> => {
  const trustedOrigins = [new URL(sandbox.mediaUrl).origin];
  const loader = pictureLoader({ allowedHosts: META_MEDIA_HOSTS, trustedOrigins, timeoutMs, locate });
  return loader(fileId === null ? at(name) : { owner: OWNER, url: null, fileId }, new AbortController().signal);
};

test("the sandbox's model sees the photo that was sent: its size and its colour", async () => {
  const loaded = await load("blue-2000x1000.jpg");
  if (loaded.kind !== "loaded") throw new Error(loaded.told);
  const { mime, bytes } = loaded.picture;
  const seen = await seePicture(`data:${mime};base64,${Buffer.from(bytes).toString("base64")}`);
  expect(seen).toMatchObject({ format: "JPEG", width: 1_536, height: 768, colour: { en: "blue" } });
});

test.each([
  ["huge", "could not be read (it is not a kind of picture that can be read)"],
  ["fake.png", "could not be read (it is not a kind of picture that can be read)"],
  ["file.pdf", "could not be read (it is not a kind of picture that can be read)"],
  ["moved", "could not be fetched (its server sends elsewhere)"],
  ["nothing.png", "could not be fetched (its server answered 404)"],
])("%s %s", async (name, told) => {
  expect(await load(name)).toEqual({ kind: "failed", told });
});

test("a file with an id is fetched from where its platform says it lies, under the same guard", async () => {
  expect(await load("", 15_000, "red.png")).toMatchObject({ kind: "loaded" });
  expect(await load("", 15_000, "fake.png")).toMatchObject({ told: expect.stringContaining("could not be read") });
  expect(await load("", 15_000, "old")).toEqual({ kind: "failed", told: "could not be fetched (it is gone)" });
  const untrusting = pictureLoader({ allowedHosts: META_MEDIA_HOSTS, trustedOrigins: [], locate });
  expect(await untrusting({ owner: OWNER, url: null, fileId: "red.png" }, new AbortController().signal)).toEqual({
    kind: "failed",
    told: "could not be fetched (its address is not https)",
  });
});

test("a trickle could not be fetched in the time allowed", async () => {
  expect(await load("slow", 200)).toEqual({ kind: "failed", told: "could not be fetched (its server took too long)" });
});

test("without the sandbox's origin among the trusted, its files are refused like any other on this machine", async () => {
  const loaded = await pictureLoader({ allowedHosts: META_MEDIA_HOSTS, trustedOrigins: [], locate })(
    at("red.png"),
    new AbortController().signal,
  );
  expect(loaded).toEqual({ kind: "failed", told: "could not be fetched (its address is not https)" });
});
