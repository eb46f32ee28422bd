// S9: no address of the corpus is ever connected to, and what is refused for its own sake is not even looked up.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import corpus from "../../corpus/hostile-urls.txt" with { type: "text" };
import { META_MEDIA_HOSTS } from "../../src/media/address.ts";
import { fetchAttachment, type FetchOutcome } from "../../src/media/fetch.ts";
import { PICTURE_TYPES } from "../../src/media/sniff.ts";
import { detour, rawServer, type TestServer } from "./servers.ts";

const PUBLIC = "93.184.216.34";

const lines = corpus.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const entries = lines.map((line) => {
  const [written = "", answer] = line.split("\t");
  const url = written.replace(/\\u([0-9a-f]{4})/gi, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return { line, url, addresses: answer?.split(",") ?? null };
});

let sink: TestServer;
beforeAll(async () => {
  sink = await rawServer((socket) => socket.destroy());
});
afterAll(() => sink.stop());

/** Everything that passes the judgement would end in the sink, whatever address it was. */
async function attempt(url: string, addresses: readonly string[]): Promise<{ outcome: FetchOutcome; lookups: number }> {
  let lookups = 0;
  const outcome = await fetchAttachment(
    url,
    {
      allowedHosts: META_MEDIA_HOSTS,
      trustedOrigins: ["https://api.telegram.org"],
      accept: PICTURE_TYPES,
      signal: new AbortController().signal,
      async resolve() {
        lookups++;
        return addresses;
      },
    },
    detour(sink.port).get,
  );
  return { outcome, lookups };
}

test("the corpus holds at least 120 different addresses", () => {
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.length).toBeGreaterThanOrEqual(120);
});

test("every hostile address is refused, and the sink hears nothing", async () => {
  const wrong: string[] = [];
  for (const { line, url, addresses } of entries) {
    const { outcome, lookups } = await attempt(url, addresses ?? [PUBLIC]);
    if (outcome.kind !== "refused" || lookups !== (addresses === null ? 0 : 1)) wrong.push(line);
    else if (outcome.reason.includes("fbcdn") || outcome.reason.includes("127"))
      wrong.push(`${line}: ${outcome.reason}`);
  }
  expect(wrong).toEqual([]);
  expect(sink.connections()).toBe(0);
});

test("the sink hears what is allowed, so its silence means something", async () => {
  const before = sink.connections();
  const { outcome } = await attempt("https://scontent.fbcdn.net/a.jpg", [PUBLIC]);
  expect(outcome.kind).toBe("unreachable");
  expect(sink.connections()).toBe(before + 1);
});

test("src/media has one place that connects, and it is not the runtime's fetch, which resolves names by itself", () => {
  const folder = join(import.meta.dir, "../../src/media");
  const connecting = readdirSync(folder).filter((file) =>
    /\bfetch\s*\(|\bBun\.connect\b|\bnew WebSocket\b|"node:(?:https?|http2|tls|dgram)"/.test(
      readFileSync(join(folder, file), "utf8"),
    ),
  );
  expect(connecting).toEqual(["pinned.ts"]);
  expect(readFileSync(join(folder, "pinned.ts"), "utf8")).not.toMatch(/\bfetch\s*\(/);
});
