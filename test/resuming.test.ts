/** No event is lost between server and screen, also across a restart; where one is, the reader is told. */
import { expect, test } from "bun:test";
import { sseMessages } from "../cli/sse.ts";
import { aFolder, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const FAST = { FACEBOOK_RATE_LIMIT_MESSAGES_PER_MINUTE: "1000", ECHO_GRACE_MS: "9000" };

interface Told {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Follows the events of a server from `last` on, until the stream ends. */
async function follow(bot: Bot, last: string | null): Promise<{ told: Told[]; ended: Promise<void> }> {
  const answer = await bot.admin("/api/events", { headers: last === null ? {} : { "last-event-id": last } });
  const told: Told[] = [];
  const ended = (async () => {
    if (answer.body === null) return;
    try {
      for await (const message of sseMessages(answer.body)) told.push(message);
    } catch {
      // Killed servers do not say goodbye.
    }
  })();
  return { told, ended };
}

const lastOf = (told: readonly Told[]): string => told.findLast(({ id }) => id !== null)?.id ?? "";
const namesOf = (told: readonly Told[]): string[] => told.map(({ event }) => event);

test("an orderly restart loses no event, and a crash is told as a gap of unknown length", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  const first = await startBot(folder.path, internet, { ...FAST, IMAGE_KEYWORDS_WAIT: "30" });
  const before = await follow(first, null);
  await first.post(aWebhook({ from: "31", text: "chờ mình xíu rồi trả lời nha #slow:600" }));
  await first.post(aWebhook({ from: "32", text: "xem ảnh này giúp mình" }));
  await until("one is being answered", () => internet.modelCalls.length > 0);
  expect(await first.terminate()).toBe(0);
  await before.ended;
  // What the server did while it stopped was told before the stream ended.
  expect(namesOf(before.told).slice(-2)).toEqual(["response_generated", "response_sent"]);
  const seen = lastOf(before.told);

  const second = await startBot(folder.path, internet, { ...FAST, IMAGE_KEYWORDS_WAIT: "30" });
  const tail = await follow(second, null);
  // Long before anybody follows, the new run has told things.
  await second.post(aWebhook({ from: "33", text: "cho mình xin địa chỉ shop với" }));
  await until("the new run has told the whole story", () => namesOf(tail.told).includes("response_sent"));
  const after = await follow(second, seen);
  await until("it is told again", () => namesOf(after.told).includes("response_sent"));
  expect(namesOf(after.told)).not.toContain("gap");
  expect(after.told[0]?.event).toBe("message_received");
  expect(Number(after.told[0]?.id)).toBeGreaterThan(Number(seen));
  // Who was gone before the run ended gets its end as well.
  const late = await follow(second, String(Number(seen) - 2));
  await until("it is told all", () => late.told.length >= after.told.length + 2);
  expect(late.told).toEqual([...before.told.slice(-2), ...after.told]);

  const newest = lastOf(after.told);
  await second.kill();
  await Promise.all([tail.ended, after.ended, late.ended]);
  await using third = await startBot(folder.path, internet, FAST);
  const unsure = await follow(third, newest);
  const unknown = await until("the gap is told", () => unsure.told[0]);
  expect(unknown).toMatchObject({ event: "gap", data: '{"type":"gap","missed":null}' });
  await internet.stop();
}, 30_000);
