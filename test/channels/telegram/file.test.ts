import { afterAll, expect, test } from "bun:test";
import { locate } from "../../../src/channels/telegram/file.ts";
import type { FileOutcome } from "../../../src/core/channel.ts";

const TOKEN = "7000000001:AAE-secret";
let answer: () => Response = () => new Response();
const paths: string[] = [];
const server = Bun.serve({
  port: 0,
  fetch(request) {
    paths.push(new URL(request.url).pathname);
    return answer();
  },
});
afterAll(() => server.stop(true));

function asking(given: () => Response, base = server.url.origin): Promise<FileOutcome> {
  answer = given;
  const settings = { apiBase: `${base}/`, sendTimeoutMs: 1_000 };
  return locate(settings, { externalId: "7000000001", token: TOKEN }, "F1", new AbortController().signal);
}
const at = (file_path?: string) => () => Response.json({ ok: true, result: { file_id: "F1", file_path } });
const no = (code: number, description: string) => () =>
  Response.json({ ok: false, error_code: code, description }, { status: code });

test("a file lies below the API's own address, whoever runs it", async () => {
  expect(await asking(at("photos/file_1.jpg"))).toEqual({
    kind: "located",
    url: `${server.url.origin}/file/bot${TOKEN}/photos/file_1.jpg`,
  });
  expect(paths).toEqual([`/bot${TOKEN}/getFile`]);
});

test.each<[string, () => Response, string]>([
  ["without a path", at(), "its server does not keep it"],
  ["with a path on a disk", at("/var/lib/bot/photos/1.jpg"), "its server keeps it on a disk of its own (--local)"],
  ["with a step up", at("../bot2/getMe"), "its address cannot be read"],
  ["with another host", at("x@evil.example/1"), "its address cannot be read"],
  ["with a question", at("a?b=c"), "its address cannot be read"],
  ["that is too big", no(400, "Bad Request: file is too big"), "it is too large"],
  ["that is gone", no(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), "it is gone"],
  ["while Telegram is busy", no(429, "Too Many Requests: retry after 5"), "its server answered 429"],
  ["with a dead token", no(401, "Unauthorized"), "its server answered 401"],
  ["behind a gateway", () => new Response("<html>", { status: 502 }), "its server answered 502"],
])("a file %s cannot be had", async (_, given, reason) => {
  const outcome = await asking(given);
  expect(outcome).toEqual({ kind: "unavailable", reason });
  expect(JSON.stringify(outcome)).not.toContain("secret");
});

test("a server that is away gives nothing", async () => {
  expect(await asking(at(), "http://127.0.0.1:1")).toEqual({
    kind: "unavailable",
    reason: "its server cannot be reached",
  });
});
