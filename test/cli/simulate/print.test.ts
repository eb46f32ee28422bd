import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { z } from "zod";
import { playApi, stage } from "../stage.ts";

const SECRET = "an-app-secret-for-tests";
const env = { FACEBOOK_APP_SECRET: SECRET };
const Printed = z.object({
  data: z.object({ commands: z.array(z.object({ step: z.string(), wait_s: z.number(), curl: z.string() })) }),
});

async function printed(...words: string[]) {
  const people = stage({ env });
  const to = words.includes("--to") ? [] : ["--to", "http://127.0.0.1:9"];
  const code = await people.botctl("simulate", ...words, "--print", "curl", "--page", "42", ...to);
  return { code, out: people.out(), err: people.err() };
}

describe("--print curl", () => {
  test("prints a shell script that posts what would be posted, and posts nothing itself", async () => {
    const got: { readonly signature: string | null; readonly body: string }[] = [];
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        got.push({ signature: request.headers.get("x-hub-signature-256"), body: await request.text() });
        return new Response("EVENT_RECEIVED");
      },
    });
    const to = `http://127.0.0.1:${server.port}`;
    const { code, out, err } = await printed(
      "split",
      "--gap",
      "0.1",
      "--text",
      "it's “xịn”",
      "--to",
      to,
      "--seed",
      "7",
    );
    expect({ code, err, got }).toEqual({ code: 0, err: "", got: [] });
    expect(out.split("\n").map((line) => line.slice(0, 9))).toEqual([
      "# split: ",
      "curl -sS ",
      "# split: ",
      "sleep 0.1",
      "curl -sS ",
      "",
    ]);
    expect(out).not.toContain(SECRET);

    const shell = Bun.spawn(["sh", "-e"], { stdin: new Blob([out]), stdout: "pipe", stderr: "pipe" });
    expect(await shell.stdout.text()).toBe("EVENT_RECEIVEDEVENT_RECEIVED");
    for (const { signature, body } of got) {
      expect(signature).toBe(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
    }
    expect(got.map(({ body }): unknown => JSON.parse(body))).toMatchObject([
      { entry: [{ id: "42", messaging: [{ message: { text: "it's “xịn”" } }] }] },
      { entry: [{ messaging: [{ message: { attachments: [{ type: "image" }] } }] }] },
    ]);
  });

  test("prints the same bytes for the same seed, others for another, and others without", async () => {
    const [first, again, other] = await Promise.all(["7", "7", "8"].map((seed) => printed("burst", "--seed", seed)));
    expect(again?.out).toBe(first?.out ?? "");
    expect(other?.out).not.toBe(first?.out ?? "");
    const times = [...(first?.out ?? "").matchAll(/"timestamp":(\d+)/g)].map(([, at]) => Number(at));
    expect(times).toEqual([0, 50, 100, 150, 200].map((ms) => Date.UTC(2026, 0, 1, 1) + ms));
    expect((await printed("burst")).out).not.toBe((await printed("burst")).out);
  });

  test("begins when it is told to", async () => {
    const { out } = await printed("text", "--seed", "7", "--start", "2026-01-31T08:00:00+07:00");
    expect(out).toContain(`"timestamp":${Date.UTC(2026, 0, 31, 1)}`);
  });

  test("is a document with --json, and says where a reply must be waited for", async () => {
    const { out } = await printed("late-photo", "--gap", "1", "--json");
    const { commands } = Printed.parse(JSON.parse(out)).data;
    expect(commands.map(({ step, wait_s }) => [step, wait_s])).toEqual([
      ['text "em gửi ảnh ạ"', 0],
      ["image", 16],
    ]);
  });

  test.each([
    ["huge-body", "The body is too large for a command line."],
    ["slow-body", "No curl can do what this scenario does."],
    ["multi-page", "multi-page writes to 2 pages."],
  ])("cannot print %s", async (name, why) => {
    const { code, out, err } = await printed(name);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(why);
  });

  test("asks the server for its page when none is named", async () => {
    const account = { id: 1, channel: "messenger", external_id: "77", name: "x", state: "active", reason: null };
    await using api = playApi({ "GET /api/accounts": () => Response.json({ data: [account], next: null }) });
    const { botctl, out } = stage({ env });
    expect(await botctl("simulate", "text", "--print", "curl", "--data-dir", api.dataDir)).toBe(0);
    expect(out()).toContain('"entry":[{"id":"77"');
    expect(api.asked.map(({ method }) => method)).toEqual(["GET"]);
  });
});
