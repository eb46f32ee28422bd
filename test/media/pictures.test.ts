import { expect, test } from "bun:test";
import type { Attachment } from "../../src/core/update.ts";
import type { Loaded } from "../../src/media/load.ts";
import { Pictures, type Shown } from "../../src/media/pictures.ts";
import { VirtualClock } from "../helpers/virtual-clock.ts";

const MINUTE_MS = 60_000;
const OWNER = { channel: "messenger", accountId: 1 } as const;
const NEVER = new AbortController().signal;

const image = (name: string): Attachment => ({
  kind: "image",
  url: `https://scontent.fbcdn.net/${name}.jpg`,
  title: null,
});

/** A world in which pictures come when the test says so. */
function world() {
  const clock = new VirtualClock(1_000_000);
  const errors: unknown[] = [];
  const asked: string[] = [];
  const open = new Map<string, { settle(loaded: Loaded): void; fail(error: Error): void; signal: AbortSignal }>();
  const pictures = new Pictures({
    clock,
    onError: (error) => errors.push(error),
    load({ url, fileId }, signal) {
      const name = /([\w-]+)\.jpg$/.exec(url ?? "")?.[1] ?? fileId ?? "";
      asked.push(name);
      const { promise, resolve, reject } = Promise.withResolvers<Loaded>();
      open.set(name, { settle: resolve, fail: reject, signal });
      return promise;
    },
  });
  const come = async (name: string, bytes = 3): Promise<void> => {
    open.get(name)?.settle({ kind: "loaded", picture: { mime: `image/${name}`, bytes: new Uint8Array(bytes) } });
    open.delete(name);
    await clock.advance(0);
  };
  const fail = async (name: string, told: string): Promise<void> => {
    open.get(name)?.settle({ kind: "failed", told });
    open.delete(name);
    await clock.advance(0);
  };
  return { clock, errors, asked, open, pictures, come, fail };
}

const names = ({ pictures }: Shown): string[] => pictures.map(({ mime }) => mime.slice("image/".length));

test("a picture is fetched when its part arrives, and is there when the turn is answered", async () => {
  const { pictures, asked, come } = world();
  pictures.prefetch([image("red")], OWNER);
  expect(asked).toEqual(["red"]);
  await come("red");
  expect(await pictures.of([image("red")], OWNER, NEVER)).toEqual({
    pictures: [{ mime: "image/red", bytes: new Uint8Array(3) }],
    notes: [],
  });
  expect(asked).toEqual(["red"]);
});

test("several pictures are shown in the order they were sent, whichever came first", async () => {
  const { pictures, come } = world();
  const shown = pictures.of([image("a"), image("b"), image("c")], OWNER, NEVER);
  await come("c");
  await come("a");
  await come("b");
  expect(names(await shown)).toEqual(["a", "b", "c"]);
});

test("three pictures are shown, and the agent is told that there are more", async () => {
  const { pictures, asked, come } = world();
  const five = ["a", "b", "c", "d", "e"].map(image);
  pictures.prefetch(five, OWNER);
  for (const name of ["a", "b", "c"]) await come(name);
  const shown = await pictures.of(five, OWNER, NEVER);
  expect(names(shown)).toEqual(["a", "b", "c"]);
  expect(shown.notes).toEqual(["Only the first 3 of 5 images are shown."]);
  expect(asked).toEqual(["a", "b", "c"]);
});

test("a picture that fails is noted under its number, and the others are shown", async () => {
  const { pictures, come, fail } = world();
  const shown = pictures.of([image("a"), image("b")], OWNER, NEVER);
  await fail("b", "could not be fetched (it is too large)");
  await come("a");
  expect(names(await shown)).toEqual(["a"]);
  expect((await shown).notes).toEqual(["Image 2 could not be fetched (it is too large)."]);
});

test("an image without an address is noted", async () => {
  const shown = await world().pictures.of([{ kind: "image", url: null, title: null }], OWNER, NEVER);
  expect(shown).toEqual({ pictures: [], notes: ["Image 1 could not be fetched (no address came with it)."] });
});

test("a picture that its platform names by an id is opened for the account it was sent to, once for each", async () => {
  const { pictures, asked, come } = world();
  const byId = { kind: "image", url: null, title: null, fileId: "AgACAgUAAx" } as const;
  const other = { ...OWNER, accountId: 2 };
  pictures.prefetch([byId], OWNER);
  const shown = pictures.of([byId], OWNER, NEVER);
  await come("AgACAgUAAx");
  expect(names(await shown)).toEqual(["AgACAgUAAx"]);
  expect(asked).toEqual(["AgACAgUAAx"]);
  void pictures.of([byId], other, NEVER);
  expect(asked).toEqual(["AgACAgUAAx", "AgACAgUAAx"]);
});

test("a picture that says it is too large is not asked for", async () => {
  const { pictures, asked } = world();
  const large = { kind: "image", url: null, title: null, fileId: "F", bytes: 11 * 1_024 * 1_024 } as const;
  pictures.prefetch([large], OWNER);
  const { notes } = await pictures.of([large], OWNER, NEVER);
  expect([notes, asked]).toEqual([["Image 1 could not be fetched (it is too large)."], []]);
});

test("only pictures are fetched, and numbered as the prompt numbers them", async () => {
  const { pictures, asked, fail } = world();
  const other = (kind: Attachment["kind"], mime?: string): Attachment => ({
    ...image(`${kind}-${mime ?? ""}`.replace("/", "-")),
    kind,
    ...(mime === undefined ? {} : { mime }),
  });
  const all = [
    other("sticker"),
    other("video"),
    other("audio"),
    other("link"),
    other("template"),
    other("location"),
    other("file"),
    other("file", "application/pdf"),
    other("file", "image/png"),
    image("a"),
  ];
  pictures.prefetch(all, OWNER);
  expect(asked).toEqual(["file-image-png", "a"]);
  await fail("file-image-png", "could not be fetched in time");
  await fail("a", "could not be fetched in time");
  expect((await pictures.of(all, OWNER, NEVER)).notes).toEqual([
    "File 3 could not be fetched in time.",
    "Image 1 could not be fetched in time.",
  ]);
});

test("nothing to see costs nothing", async () => {
  const { pictures, clock } = world();
  expect(await pictures.of([], OWNER, NEVER)).toEqual({ pictures: [], notes: [] });
  expect(clock.armed).toBe(0);
});

test("an answer waits five seconds for its pictures and not longer; what comes later is there for the next", async () => {
  const { pictures, clock, come, asked } = world();
  let shown: Shown | null = null;
  void pictures.of([image("a"), image("slow")], OWNER, NEVER).then((result) => (shown = result));
  await come("a");
  await clock.advance(4_999);
  expect(shown).toBeNull();
  await clock.advance(1);
  expect(shown).toMatchObject({ pictures: [{ mime: "image/a" }], notes: ["Image 2 could not be fetched in time."] });
  await come("slow");
  expect(names(await pictures.of([image("a"), image("slow")], OWNER, NEVER))).toEqual(["a", "slow"]);
  expect(asked).toEqual(["a", "slow"]);
  expect(clock.armed).toBe(0);
});

test("a turn that is taken back stops waiting at once", async () => {
  const { pictures, open } = world();
  const controller = new AbortController();
  const shown = pictures.of([image("a")], OWNER, controller.signal);
  controller.abort();
  expect((await shown).notes).toEqual(["Image 1 could not be fetched in time."]);
  // The turn runs again with the newer part, so the download goes on.
  expect(open.get("a")?.signal.aborted).toBe(false);
  expect((await pictures.of([image("a")], OWNER, AbortSignal.abort())).pictures).toEqual([]);
});

test("four are fetched at once; a turn that is being answered goes before what is fetched ahead", async () => {
  const { pictures, asked, come } = world();
  for (const name of ["p1", "p2", "p3", "p4", "p5", "p6"]) pictures.prefetch([image(name)], OWNER);
  expect(asked).toEqual(["p1", "p2", "p3", "p4"]);
  const shown = pictures.of([image("now-1"), image("p6")], OWNER, NEVER);
  await come("p1");
  await come("p2");
  await come("p3");
  expect(asked.slice(4)).toEqual(["now-1", "p6", "p5"]);
  await come("now-1");
  await come("p6");
  expect(names(await shown)).toEqual(["now-1", "p6"]);
});

test("a flood is not fetched ahead without end, and turns still get their pictures", async () => {
  const { pictures, asked, come } = world();
  const flood = Array.from({ length: 200 }, (_each, index) => `f${index}`);
  for (const name of flood) pictures.prefetch([image(name)], OWNER);
  const shown = pictures.of([image("mine")], OWNER, NEVER);
  await come("f0");
  await come("mine");
  expect(names(await shown)).toEqual(["mine"]);
  for (const name of flood) await come(name);
  // Four under way and 64 in line, and nothing of the rest.
  expect(asked.length).toBe(4 + 64 + 1);
});

test("a picture is kept for five minutes, a failure for half a minute", async () => {
  const { pictures, clock, asked, come, fail } = world();
  pictures.prefetch([image("a"), image("bad")], OWNER);
  await come("a");
  await fail("bad", "could not be fetched (its server answered 500)");
  await clock.advance(29_999);
  pictures.prefetch([image("bad")], OWNER);
  expect(asked).toEqual(["a", "bad"]);
  await clock.advance(1);
  pictures.prefetch([image("bad")], OWNER);
  expect(asked).toEqual(["a", "bad", "bad"]);
  await clock.advance(5 * MINUTE_MS - 30_000 - 1);
  pictures.prefetch([image("a")], OWNER);
  expect(asked.length).toBe(3);
  await clock.advance(1);
  pictures.prefetch([image("a")], OWNER);
  expect(asked).toEqual(["a", "bad", "bad", "a"]);
});

test("no more than 24 MiB are kept; the oldest go first", async () => {
  const { pictures, asked, come } = world();
  const MEBIBYTE = 1_024 * 1_024;
  for (let index = 0; index < 25; index++) {
    pictures.prefetch([image(`m${index}`)], OWNER);
    await come(`m${index}`, MEBIBYTE - 200);
  }
  asked.length = 0;
  pictures.prefetch([image("m24"), image("m1"), image("m0")], OWNER);
  expect(asked).toEqual(["m0"]);
});

test("a bug in loading is reported, and the answer is given without the picture", async () => {
  const { pictures, errors, open } = world();
  const shown = pictures.of([image("a")], OWNER, NEVER);
  open.get("a")?.fail(new Error("a bug"));
  expect(await shown).toEqual({ pictures: [], notes: ["Image 1 could not be read (something went wrong here)."] });
  expect(errors).toEqual([new Error("a bug")]);
});

test("stopping gives up what is under way and what waits", async () => {
  const { pictures, asked, open } = world();
  for (const name of ["a", "b", "c", "d", "e"]) pictures.prefetch([image(name)], OWNER);
  const shown = pictures.of([image("e")], OWNER, NEVER);
  pictures.stop();
  expect((await shown).notes).toEqual(["Image 1 could not be fetched (the server is stopping)."]);
  expect([...open.values()].every(({ signal }) => signal.aborted)).toBe(true);
  expect((await pictures.of([image("f")], OWNER, NEVER)).pictures).toEqual([]);
  expect(asked).toEqual(["a", "b", "c", "d"]);
});
