/** M9: `/docs` of the compiled binary, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { openapi } from "../src/http/openapi.ts";
import type { Sandbox } from "../src/sandbox/index.ts";
import { aFolder, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { CHROMIUM, openPage, type Page } from "./helpers/browser.ts";
import { until } from "./helpers/until.ts";

const Shown = z.tuple([z.string(), z.string()]);
const folder = aFolder();
let internet: Sandbox;
let bot: Bot;

beforeAll(async () => {
  internet = await theInternet();
  bot = await startBot(folder.path, internet, { LOG_LEVEL: "error" });
});

afterAll(async () => {
  await bot[Symbol.asyncDispose]();
  await internet.stop();
  folder[Symbol.dispose]();
});

test("S5 the reference is public, and its policy allows nothing but itself and this server", async () => {
  const answer = await fetch(`${bot.url}/docs`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy.split("; ")).toContain("default-src 'none'");
  expect(policy.split("; ")).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(await answer.text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  const described = await fetch(`${bot.url}/openapi.json`);
  expect([described.status, await described.json()]).toEqual([200, JSON.parse(JSON.stringify(openapi()))]);
});

/** Fills in the form of an operation, sends it, and answers what it shows. */
async function tried(page: Page, operation: string): Promise<string> {
  await page.evaluate(`{
    const details = document.getElementById("${operation}");
    details.open = true;
    details.querySelector("pre").textContent = "";
    details.querySelector("button").click();
  }`);
  return await until("it is answered", async () => {
    const shown = await page.evaluate(`[
      document.querySelector("#${operation} button").textContent,
      document.querySelector("#${operation} pre").textContent,
    ]`);
    const [button, text] = Shown.parse(shown);
    return button === "Send" && text;
  });
}

// A machine without a browser may still run the tests; .ci/run may not go without.
describe.if(CHROMIUM !== null || process.env["BROWSER_REQUIRED"] !== undefined)("in a browser", () => {
  test("M9 the reference shows every route, fetches nothing from elsewhere, and calls the server", async () => {
    if (CHROMIUM === null) throw new Error("there is no browser: install chromium");
    await using page = await openPage(CHROMIUM);
    await page.open(`${bot.url}/docs`);
    expect(await page.evaluate("document.title")).toBe("botctl: API reference");
    expect(await page.evaluate("document.body.dataset.ready")).toBe("true");
    const operations = Object.values(openapi().paths).flatMap((methods) => Object.values(methods));
    expect(
      await page.evaluate("[...document.querySelectorAll('details.operation')].map(({ id }) => id).sort()"),
    ).toEqual(operations.map(({ operationId }) => operationId).sort());

    expect(await tried(page, "getApiHealth")).toStartWith('200 OK\n\n{\n  "status": "ok"\n}');
    expect(await tried(page, "getApiStatus")).toStartWith("401");
    const token = (await Bun.file(`${folder.path}/admin-token`).text()).trim();
    await page.evaluate(`document.querySelector("#token").value = ${JSON.stringify(token)}`);
    expect(await tried(page, "getApiStatus")).toContain('"lag_ms"');
    await page.evaluate(`document.querySelector("#getApiRetries input[name=state]").value = "dead"`);
    expect(await tried(page, "getApiRetries")).toContain('"data": []');
    await page.evaluate(`document.querySelector("#getApiConversationsId input").value = "12"`);
    expect(await tried(page, "getApiConversationsId")).toContain("there is no conversation 12");

    // A 401 and a 404 are told as network errors, and hints for whoever writes pages are no complaints.
    const others = page.complaints.filter((each) => !/status of 40[14]|"level":"verbose"/.test(each));
    expect(others).toEqual([]);
    const elsewhere = page.requested.filter((url) => !url.startsWith(bot.url) && !url.startsWith("data:"));
    expect(elsewhere).toEqual([]);
  }, 60_000);

  test("M9 the reference fits a phone, and a link to a route opens it", async () => {
    if (CHROMIUM === null) throw new Error("there is no browser: install chromium");
    await using page = await openPage(CHROMIUM);
    await page.resize(360, 740);
    await page.open(`${bot.url}/docs#getApiEvents`);
    expect(await page.evaluate("document.getElementById('getApiEvents').open")).toBe(true);
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  }, 60_000);
});
