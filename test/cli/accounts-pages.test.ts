/** `botctl accounts` for pages: a real server, and the sandbox's Graph. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hexProof } from "../../src/channels/proof.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { startInner, type InnerBot } from "../helpers/app.ts";
import { aFolder, APP, PAGE, theInternet } from "../helpers/bot.ts";
import { until } from "../helpers/until.ts";
import { aWebhook } from "../helpers/webhooks.ts";
import { stage, type Stage } from "./stage.ts";

const SECOND = { id: "1000000000007", name: "Quán Cà Phê", token: "EAAthe-second-pages-token" };
const folder = aFolder();
let internet: Sandbox;
let server: InnerBot;

beforeAll(async () => {
  internet = await theInternet({ pages: [PAGE, SECOND] });
  server = await startInner(folder.path, internet);
  await until("the page is known", async () => (await (await server.admin("/api/accounts")).text()).includes(PAGE.id));
});
afterAll(async () => {
  await server.stop();
  await internet.stop();
  folder[Symbol.dispose]();
});

const person = (): Stage => stage({ cwd: folder.path, env: { BOTCTL_DATA_DIR: folder.path } });
const dataOf = ({ out }: Stage): unknown => z.object({ data: z.unknown() }).parse(JSON.parse(out())).data;
/** The edge as another program with the page's token and the app's secret would use it. */
function apps(method: string, fields: Record<string, string> = {}): Promise<Response> {
  const query = { access_token: SECOND.token, appsecret_proof: hexProof(APP.secret, SECOND.token), ...fields };
  const url = `${internet.graphUrl}/v24.0/${SECOND.id}/subscribed_apps?${new URLSearchParams(query).toString()}`;
  return fetch(url, { method });
}

test("a page is added while the server runs, and answered at once", async () => {
  const path = join(folder.path, "page.txt");
  writeFileSync(path, SECOND.token);
  const me = person();
  expect(await me.botctl("accounts", "add", "messenger", "--token-file", path)).toBe(0);
  expect(me.out()).toStartWith(`added ${SECOND.name} (messenger ${SECOND.id})`);
  await server.post(aWebhook({ from: "7100000000000001", page: SECOND.id, text: "shop mở cửa mấy giờ vậy ạ" }));
  await until("the answer", () => internet.sent.some(({ recipient }) => recipient === "7100000000000001"));
});

test("a page that reports nothing to the app is found, and subscribed again with all it is to report", async () => {
  const well = person();
  expect(await well.botctl("accounts", "check", SECOND.id)).toBe(0);
  await apps("DELETE");
  const me = person();
  expect(await me.botctl("accounts", "check", "--json")).toBe(10);
  expect(dataOf(me)).toMatchObject([{ ok: true }, { ok: false, leads: "nowhere", findings: [{ code: "nowhere" }] }]);
  const again = person();
  expect(await again.botctl("accounts", "subscribe", SECOND.id)).toBe(0);
  expect(again.out()).toContain("updates  none → ");
  expect(await person().botctl("accounts", "check")).toBe(0);
  expect(await (await apps("GET")).text()).toContain("message_echoes");
});

test("a page that keeps echoes back is found", async () => {
  await apps("POST", { subscribed_fields: "messages,messaging_postbacks" });
  const me = person();
  expect(await me.botctl("accounts", "check", SECOND.id)).toBe(10);
  expect(me.out()).toContain("the page does not report: ");
  expect(me.out()).toContain("message_echoes");
});

test("a page taken out of service reports nothing any more, and what comes for it is somebody else's", async () => {
  const me = person();
  expect(await me.botctl("accounts", "remove", SECOND.id, "--yes")).toBe(0);
  expect(await (await apps("GET")).json()).toEqual({ data: [] });
  const sent = internet.sent.length;
  const taken = await server.post(aWebhook({ from: "7100000000000002", page: SECOND.id, text: "còn ai không ạ" }));
  expect([taken.status, internet.sent.length]).toEqual([200, sent]);
});

test("a token that Graph refuses is exit 4", async () => {
  internet.replaceToken(PAGE.id, "EAAanother-token");
  const me = person();
  expect(await me.botctl("accounts", "check", PAGE.id)).toBe(4);
  expect(await me.botctl("accounts", "subscribe", PAGE.id)).toBe(4);
});
