import { describe, expect, test } from "bun:test";
import { conversationsCommand } from "../../cli/commands/conversations.ts";
import { playApi, stage } from "./stage.ts";

const at = Date.UTC(2026, 0, 1);
const row = {
  id: 12,
  channel: "messenger",
  account: "1029384756",
  contact: "6789",
  name: "Nguyễn Thị Hằng",
  state: "bot",
  human_until_at: null,
  last_at: at,
  turn: { id: 3, state: "gathering", reason: "waiting up to 8 s: the text announces an image", due_at: at + 8_000 },
};
const image = { kind: "image", url: "https://cdn.example/a.jpg", title: null };
const said = {
  id: "1",
  direction: "in",
  by: "client",
  text: "em gửi ảnh\nnày",
  attachments: [],
  at,
  turn: 3,
  deliveries: [],
};
const shown = { ...said, id: "2", text: "", attachments: [image], at: at + 1 };
const deliveries = [
  { id: "d-1", state: "sent", attempts: 1 },
  { id: "d-2", state: "sending", attempts: 2 },
];
const answered = { ...said, id: "3", direction: "out", by: "bot", text: "Dạ đẹp ạ \u202eevil", at: at + 2, deliveries };

/** Three messages on two pages. */
function aConversation() {
  return playApi({
    "GET /api/conversations": () => Response.json({ data: [row], next: null }),
    "GET /api/conversations/12": () => Response.json(row),
    "GET /api/conversations/12/messages": ({ path }) =>
      // The newest page first, each of them oldest first.
      Response.json(path.includes("cursor=") ? { data: [said, shown], next: null } : { data: [answered], next: "2" }),
  });
}

test("flags become options", async () => {
  const calls: unknown[] = [];
  const note = (options: unknown): Promise<void> => Promise.resolve(void calls.push(options));
  const run = { list: note, show: note, takeOver: note, release: note, reply: note, export: note };
  const command = () => conversationsCommand(stage().context, run);
  await command().parseAsync(["list"], { from: "user" });
  await command().parseAsync(["list", "--limit", "7", "--url", "http://x"], { from: "user" });
  await command().parseAsync(["show", "12", "--json"], { from: "user" });
  const list = ["list", "--search", "hoa", "--channel", "telegram", "--account", "7", "--state", "human"];
  await command().parseAsync(list, { from: "user" });
  await command().parseAsync(["takeover", "12", "--hours", "0.5"], { from: "user" });
  await command().parseAsync(["release", "12"], { from: "user" });
  await command().parseAsync(["reply", "12", "Em chào chị"], { from: "user" });
  await command().parseAsync(["export", "12"], { from: "user" });
  await command().parseAsync(["export", "--all", "--out", "a.ndjson", "--yes"], { from: "user" });
  expect(calls).toEqual([
    { limit: 50 },
    { limit: 7, url: "http://x" },
    { id: 12, json: true },
    { limit: 50, search: "hoa", channel: "telegram", account: "7", state: "human" },
    { id: 12, hours: 0.5 },
    { id: 12 },
    { id: 12, text: "Em chào chị" },
    { id: 12 },
    { all: true, out: "a.ndjson", yes: true },
  ]);
});

describe("conversations list", () => {
  test("prints the rows of the API", async () => {
    await using api = aConversation();
    const { botctl, out } = stage();
    expect(await botctl("conversations", "list", "--json", "--data-dir", api.dataDir)).toBe(0);
    expect(JSON.parse(out())).toEqual({ ok: true, data: [row] });
  });

  test("asks for what is wanted, and says when nothing is like that", async () => {
    await using api = playApi({ "GET /api/conversations": () => Response.json({ data: [], next: null }) });
    const { botctl, out, err } = stage({ terminal: true });
    const wanted = ["--search", "hoa hồng", "--channel", "telegram", "--account", "7", "--state", "human"];
    expect(await botctl("conversations", "list", ...wanted, "--data-dir", api.dataDir)).toBe(0);
    const asked = new URL(api.asked[0]?.path ?? "", api.url).searchParams;
    expect(Object.fromEntries(asked)).toEqual({
      limit: "50",
      q: "hoa hồng",
      channel: "telegram",
      account: "7",
      state: "human",
    });
    expect([out(), err()]).toEqual(["", `From the server at ${api.url}.\nNothing matched.\n`]);
  });

  test("keeps its columns, whatever names people give themselves", async () => {
    const names = ["Nguyễn Thị Hằng", "👩‍👩‍👧 Gia đình", "日本語の名前", "Evil\u001b[2J\u202e"];
    const data = names.map((name, index) => ({ ...row, id: index + 1, name, turn: null }));
    await using api = playApi({ "GET /api/conversations": () => Response.json({ data, next: null }) });
    const { botctl, out } = stage({ terminal: true, columns: 100, env: { NO_COLOR: "1" } });
    await botctl("conversations", "list", "--data-dir", api.dataDir);
    const lines = out().trimEnd().split("\n");
    const columnOf = (line: string): number => Bun.stringWidth(line.slice(0, line.search(/STATE|bot/)));
    expect(lines).toHaveLength(5);
    expect(new Set(lines.map(columnOf)).size).toBe(1);
    // oxlint-disable-next-line no-control-regex -- none may be left
    expect(out()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(lines.every((line) => Bun.stringWidth(line) <= 100)).toBe(true);
  });

  test("shows until when a human answers", async () => {
    const taken = { ...row, state: "human", human_until_at: at + 3_600_000, turn: null };
    await using api = playApi({ "GET /api/conversations": () => Response.json({ data: [taken], next: null }) });
    const { botctl, out } = stage();
    await botctl("conversations", "list", "--data-dir", api.dataDir);
    expect(out()).toEndWith("human\t2026-01-01T00:00:00.000Z\tuntil 2026-01-01T01:00:00.000Z\n");
  });

  test("shows a person what is being waited for", async () => {
    await using api = aConversation();
    const { botctl, out } = stage({ terminal: true, columns: 200 });
    await botctl("conversations", "list", "--data-dir", api.dataDir);
    expect(out()).toContain("Nguyễn Thị Hằng");
    expect(out()).toContain("gathering: waiting up to 8 s: the text announces an image");
  });

  test("says when there are more", async () => {
    await using api = playApi({ "GET /api/conversations": () => Response.json({ data: [row, row], next: "more" }) });
    const { botctl, err } = stage();
    await botctl("conversations", "list", "--limit", "1", "--data-dir", api.dataDir);
    expect(err()).toBe(`From the server at ${api.url}.\nThe latest 1 are shown; --limit shows more.\n`);
  });
});

describe("conversations show", () => {
  test("prints all pages in the form that programs rely on", async () => {
    await using api = aConversation();
    const { botctl, out } = stage();
    expect(await botctl("conversations", "show", "12", "--json", "--data-dir", api.dataDir)).toBe(0);
    expect(JSON.parse(out())).toEqual({
      ok: true,
      data: {
        ...row,
        last_at: undefined,
        messages: [said, shown, answered].map(({ direction, by, text, attachments, at, deliveries }) => ({
          direction,
          by,
          text,
          attachments,
          at,
          deliveries,
        })),
      },
    });
  });

  test("reads like a chat in a terminal, with nothing that acts on it", async () => {
    await using api = aConversation();
    const { botctl, out } = stage({ terminal: true, env: { NO_COLOR: "1" } });
    await botctl("conversations", "show", "12", "--data-dir", api.dataDir);
    const text = out().replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "<time>");
    expect(text).toBe(
      "Nguyễn Thị Hằng with 1029384756, answered by the bot\n\n" +
        "Nguyễn Thị Hằng <time>\n  em gửi ảnh\n  này\n\n" +
        "Nguyễn Thị Hằng <time>\n  [image https://cdn.example/a.jpg]\n\n" +
        "bot <time> [pending]\n  Dạ đẹp ạ \\u202eevil\n\n" +
        "gathering: waiting up to 8 s: the text announces an image\n",
    );
  });

  test("is one line per message in a pipe", async () => {
    await using api = aConversation();
    const { botctl, out } = stage();
    await botctl("conversations", "show", "12", "--data-dir", api.dataDir);
    expect(out().split("\n").slice(0, 3)).toEqual([
      "2026-01-01T00:00:00.000Z\tclient\tem gửi ảnh\\nnày\t-",
      "2026-01-01T00:00:00.001Z\tclient\t[image https://cdn.example/a.jpg]\t-",
      "2026-01-01T00:00:00.002Z\tbot\tDạ đẹp ạ \\u202eevil\tpending",
    ]);
  });

  test("exits 6 for one that is not there, 2 for what is no number", async () => {
    await using api = aConversation();
    expect(await stage().botctl("conversations", "show", "13", "--data-dir", api.dataDir)).toBe(6);
    expect(await stage().botctl("conversations", "show", "abc", "--data-dir", api.dataDir)).toBe(2);
  });
});
