import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CommandContext } from "../../cli/context.ts";
import { run } from "../../cli/main.ts";
import { seedOf } from "../conformance/store/shop.ts";
import { openStore } from "../helpers/sqlite.ts";
import { aBatch, anUpdate, PAGE, T0 } from "../helpers/updates.ts";
import { aFolder, playApi, stage } from "./stage.ts";

const PEOPLE = 12;
const TALKATIVE = 1_250;

const Line = z.looseObject({ type: z.enum(["conversation", "message"]), id: z.unknown(), text: z.string().optional() });

/** A database that no server works on: twelve people, one of whom has said much. */
const folder = aFolder();
let before: string;

beforeAll(async () => {
  const store = openStore(folder.path);
  await store.saveAccount(seedOf(PAGE), T0);
  for (let person = 1; person <= PEOPLE; person++) {
    const contact = String(person);
    await store.record(aBatch([anUpdate({ contact, text: `xin chào \u001b[2J số ${person}` })]), T0 + person);
  }
  const much = Array.from({ length: TALKATIVE }, (_, line) => anUpdate({ contact: "5", text: `dòng ${line}` }));
  await store.record(aBatch(much), T0 + 60_000);
  await store.close();
  before = Bun.hash(readFileSync(join(folder.path, "botctl.db"))).toString();
});

afterAll(() => folder[Symbol.dispose]());

function linesOf(text: string): z.infer<typeof Line>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)));
}

test("one conversation is a line for itself and one for each message, the oldest first", async () => {
  const { botctl, out, err } = stage();
  expect(await botctl("conversations", "export", "5", "--data-dir", folder.path)).toBe(0);
  const [head, ...messages] = linesOf(out());
  expect(head).toMatchObject({ type: "conversation", id: 5, contact: "5", state: "bot" });
  expect(messages).toHaveLength(TALKATIVE + 1);
  expect(messages.slice(0, 3).map(({ text }) => text)).toEqual(["xin chào \u001b[2J số 5", "dòng 0", "dòng 1"]);
  expect(messages.at(-1)).toMatchObject({ type: "message", conversation: 5, by: "client", text: "dòng 1249" });
  // Nothing in it acts on a terminal that it is looked at in.
  expect(out()).not.toContain("\u001b");
  expect(err()).toBe(
    `No server answers; this is what the database in ${folder.path} says.\n1 conversation, 1251 messages.\n`,
  );
});

test("all of them go into a file for its owner alone, and the database is as it was", async () => {
  using place = aFolder();
  const { botctl, out, err } = stage({ cwd: place.path });
  const all = ["conversations", "export", "--all", "--out", "talks.ndjson", "--data-dir", folder.path];
  expect(await botctl(...all)).toBe(0);
  const path = join(place.path, "talks.ndjson");
  expect(out()).toBe(`${path}\n`);
  expect(err()).toContain("12 conversations, 1262 messages.\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(existsSync(`${path}.partial`)).toBe(false);
  const lines = linesOf(readFileSync(path, "utf8"));
  expect(lines.filter(({ type }) => type === "conversation").map(({ id }) => id)).toEqual(
    Array.from({ length: PEOPLE }, (_, index) => index + 1),
  );
  expect(lines).toHaveLength(PEOPLE + PEOPLE + TALKATIVE);
  expect(Bun.hash(readFileSync(join(folder.path, "botctl.db"))).toString()).toBe(before);
});

test("a file that is there is replaced only by who says so", async () => {
  using place = aFolder({ "talks.ndjson": "old" });
  const path = join(place.path, "talks.ndjson");
  const words = ["conversations", "export", "3", "--out", path, "--data-dir", folder.path];
  expect(await stage().botctl(...words)).toBe(2);
  const no = stage({ terminal: true, typed: ["n"] });
  expect(await no.botctl(...words)).toBe(1);
  expect(readFileSync(path, "utf8")).toBe("old");
  const program = stage();
  expect(await program.botctl(...words, "--yes", "--json")).toBe(0);
  expect(JSON.parse(program.out())).toEqual({ ok: true, data: { conversations: 1, messages: 1, file: path } });
  expect(linesOf(readFileSync(path, "utf8"))).toHaveLength(2);
});

test("what is wanted is found by words", async () => {
  const { botctl, out } = stage();
  expect(await botctl("conversations", "export", "--search", "dong 1249", "--data-dir", folder.path)).toBe(0);
  expect(linesOf(out())[0]).toMatchObject({ type: "conversation", id: 5 });
});

test("a slow reader is waited for, a page at a time", async () => {
  let waiting = 0;
  let most = 0;
  const { context } = stage();
  const stdout: CommandContext["stdout"] = {
    ...context.stdout,
    write: () => void (most = Math.max(most, ++waiting)),
    async ready() {
      await Bun.sleep(1);
      waiting = 0;
    },
  };
  expect(await run(["conversations", "export", "--all", "--data-dir", folder.path], { ...context, stdout })).toBe(0);
  expect(most).toBe(1);
});

test("a server that goes away in the middle leaves no half file, and nobody else is asked for the rest", async () => {
  using place = aFolder();
  const row = {
    id: 1,
    channel: "messenger",
    account: "1",
    contact: "2",
    name: null,
    state: "bot",
    last_at: 0,
    turn: null,
  };
  await using api = playApi({
    "GET /api/conversations": () => Response.json({ data: [row], next: null }),
    "GET /api/conversations/1/messages": () => new Response("", { status: 502 }),
  });
  writeFileSync(join(api.dataDir, "botctl.db"), readFileSync(join(folder.path, "botctl.db")));
  const path = join(place.path, "talks.ndjson");
  const { botctl } = stage();
  expect(await botctl("conversations", "export", "--all", "--out", path, "--data-dir", api.dataDir)).not.toBe(0);
  expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
});

test.each([
  ["neither an id nor a choice", []],
  ["both", ["5", "--all"]],
  ["one document of many lines", ["5", "--json"]],
  ["no number", ["abc"]],
])("%s is a mistake of the caller's", async (_, words) => {
  expect(await stage().botctl("conversations", "export", ...words, "--data-dir", folder.path)).toBe(2);
});

test("a conversation that is not there is 6, a place that cannot be written to is 1", async () => {
  expect(await stage().botctl("conversations", "export", "99", "--data-dir", folder.path)).toBe(6);
  const { botctl, err } = stage();
  const out = join(folder.path, "no-such-folder", "a.ndjson");
  expect(await botctl("conversations", "export", "5", "--out", out, "--data-dir", folder.path)).toBe(1);
  expect(err()).toContain("cannot be written");
});
