/** What the log tells a shop owner when a page's token dies, and how it ends: the compiled binary, from outside. */
import { expect, test } from "bun:test";
import { z } from "zod";
import { aFolder, PAGE, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const CAFE = { id: "1000000000009", name: "Quán Cà Phê", token: "EAAtest-cafe-token" };
const NEW_TOKEN = "EAAtest-cafe-token-of-tomorrow";
const PATIENT = { FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "1000" };
const Line = z.looseObject({ event: z.string(), cause: z.string().optional(), message: z.string().optional() });

function alarmsIn(bot: Bot): z.infer<typeof Line>[] {
  return bot
    .log()
    .split("\n")
    .filter((line) => line.includes('"event":"alarm"'))
    .map((line) => Line.parse(JSON.parse(line)));
}

function asks(bot: Bot, page: string, from: string): Promise<Response> {
  return bot.post(aWebhook({ page, from, text: `cho mình hỏi giá món số ${from} với nha` }));
}

async function states(bot: Bot): Promise<Record<string, unknown>> {
  const accounts = await bot.list("/api/accounts");
  return Object.fromEntries(accounts.map((account) => [account["external_id"], account["state"]]));
}

test("R11 G8 P3 a dead token parks what its page owes and nothing else, with one alarm; a new one lets it go", async () => {
  using folder = aFolder();
  const internet = await theInternet({ pages: [PAGE, CAFE] });
  // Each token that the settings hold at a start becomes an account.
  const first = await startBot(folder.path, internet, PATIENT);
  await until("the first page is known", async () => (await first.list("/api/accounts")).length === 1);
  expect(await first.terminate()).toBe(0);
  const both = await startBot(folder.path, internet, { ...PATIENT, FACEBOOK_PAGE_ACCESS_TOKEN: CAFE.token });
  await until("both are", async () => (await both.list("/api/accounts")).length === 2);

  internet.replaceToken(CAFE.id, NEW_TOKEN);
  await Promise.all(["31", "32", "33"].map((from) => asks(both, CAFE.id, from)));
  await until("they are parked", async () => (await both.list("/api/retries?state=parked")).length === 3);
  await Promise.all(["41", "42"].map((from) => asks(both, PAGE.id, from)));
  await until("the other page answers", () => internet.sent.length === 2);
  expect(internet.sent.map(({ page, recipient }) => `${page} ${recipient}`).toSorted()).toEqual([
    `${PAGE.id} 41`,
    `${PAGE.id} 42`,
  ]);
  expect(await states(both)).toEqual({ [PAGE.id]: "active", [CAFE.id]: "auth_failed" });
  expect((await both.list("/api/retries")).every((row) => row["account"] === CAFE.id)).toBe(true);
  expect(alarmsIn(both).map(({ cause }) => cause)).toEqual([`account:messenger:${CAFE.id}`]);
  expect(alarmsIn(both)[0]?.message).toContain("botctl accounts set-token");
  expect(both.log()).not.toContain(CAFE.token);
  expect(await both.terminate()).toBe(0);

  // A restart alone changes nothing: the token is the same, and nobody is asked again.
  const same = await startBot(folder.path, internet, { ...PATIENT, FACEBOOK_PAGE_ACCESS_TOKEN: CAFE.token });
  expect((await same.list("/api/retries?state=parked")).length).toBe(3);
  expect(await same.terminate()).toBe(0);

  await using healed = await startBot(folder.path, internet, { ...PATIENT, FACEBOOK_PAGE_ACCESS_TOKEN: NEW_TOKEN });
  await until("what was parked is sent", () => internet.sent.length === 5);
  await until("nothing is owed", async () => (await healed.list("/api/retries")).length === 0);
  const late = internet.sent.slice(2).map(({ page, recipient }) => `${page} ${recipient}`);
  expect(late.toSorted()).toEqual(["31", "32", "33"].map((recipient) => `${CAFE.id} ${recipient}`));
  expect(await states(healed)).toEqual({ [PAGE.id]: "active", [CAFE.id]: "active" });
  expect(alarmsIn(healed)).toEqual([]);
  await internet.stop();
}, 40_000);
