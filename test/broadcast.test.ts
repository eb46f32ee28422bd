/** M8: one text for many people. */
import { expect, test } from "bun:test";
import { z } from "zod";
import { startInner, type InnerBot } from "./helpers/app.ts";
import { aFolder, startBot, theInternet, type Bot } from "./helpers/bot.ts";
import { until } from "./helpers/until.ts";
import { aWebhook } from "./helpers/webhooks.ts";

const Shown = z.object({ id: z.number(), recipients: z.record(z.string(), z.number()) });
type Speaking = Pick<Bot | InnerBot, "admin">;

async function broadcast(bot: Speaking, body: object): Promise<{ status: number } & z.infer<typeof Shown>> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await bot.admin("/api/integrations/messenger/broadcast", init);
  return { status: answer.status, ...Shown.parse(await answer.json()) };
}

async function countsOf(bot: Speaking, id: number): Promise<Record<string, number>> {
  return Shown.parse(await (await bot.admin(`/api/broadcasts/${id}`)).json()).recipients;
}

const known = (bot: Speaking): Promise<unknown> =>
  until("the page is known", async () => {
    const { data } = z.object({ data: z.array(z.unknown()) }).parse(await (await bot.admin("/api/accounts")).json());
    return data.length === 1;
  });

test("M8 a broadcast reaches everybody once, also whoever is named twice, and is told by recipient", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  await known(bot);
  internet.faults.inject("messages", { kind: "error", status: 400, code: 100, message: "No" }, { times: 1 });
  const people = Array.from({ length: 30 }, (_, n) => `b-${n}`);
  const begun = await broadcast(bot, { recipient_ids: [...people, "b-0"], text: "Tuần này giảm giá", key: "sale" });
  expect(begun.status).toBe(202);
  const done = await until("all are tried", async () => {
    const counts = await countsOf(bot, begun.id);
    return counts["sent"] === 29 && counts["failed"] === 1 && counts;
  });
  expect(done).toMatchObject({ waiting: 0, pending: 0, refused: 0 });
  expect(internet.sent.map(({ recipient }) => recipient).toSorted()).toEqual(
    people.filter((person) => internet.sent.some(({ recipient }) => recipient === person)).toSorted(),
  );
  const failed = await (await bot.admin(`/api/broadcasts/${begun.id}/recipients?state=failed`)).json();
  expect(failed).toMatchObject({ data: [{ state: "failed", reason: expect.stringContaining("100") }], next: null });

  // The same again is the same: nobody gets it twice. Another text under its key is refused.
  expect(await broadcast(bot, { recipient_ids: people, text: "Tuần này giảm giá", key: "sale" })).toMatchObject({
    status: 200,
    id: begun.id,
  });
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  const other = JSON.stringify({ recipient_ids: ["b-1"], text: "Khác", key: "sale" });
  expect((await bot.admin("/api/integrations/messenger/broadcast", { ...init, body: other })).status).toBe(409);
  expect(internet.sent).toHaveLength(29);
  await internet.stop();
}, 30_000);

test("M8 half of what the platform takes in a second is left to replies, and a kill neither loses nor doubles a copy", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  const env = { ECHO_GRACE_MS: "9000" };
  const first = await startBot(folder.path, internet, env);
  await known(first);
  const people = Array.from({ length: 1_000 }, (_, n) => `k-${n}`);
  const { id } = await broadcast(first, { recipient_ids: people, text: "Shop mở cửa lại" });
  await until("some are out", () => internet.sent.length > 20);
  expect((await countsOf(first, id))["waiting"]).toBeGreaterThanOrEqual(50);
  // A customer who asks meanwhile is not kept waiting by the rest.
  await first.post(aWebhook({ from: "9001", text: "cho mình xin địa chỉ shop với" }));
  await until("the customer is answered", () => internet.sent.some(({ recipient }) => recipient === "9001"));
  expect((await countsOf(first, id))["waiting"]).toBeGreaterThan(0);
  await first.kill();
  await using second = await startBot(folder.path, internet, env);
  await until("everybody has it", async () => (await countsOf(second, id))["sent"] === 1_000);
  const copies = internet.sent.filter(({ recipient }) => recipient.startsWith("k-")).map(({ recipient }) => recipient);
  expect(copies.length).toBe(new Set(copies).size);
  await internet.stop();
}, 60_000);

test("M8 whoever may not be written to is refused without a call, and a stop spares whoever still waits", async () => {
  using folder = aFolder();
  const internet = await theInternet();
  await using bot = await startInner(folder.path, internet);
  await known(bot);
  await bot.post(aWebhook({ from: "71", text: "cho mình xin địa chỉ shop với" }));
  await until("it is answered", () => internet.sent.length === 1);
  // 551: this person does not receive messages from us, until they write again.
  internet.faults.inject("messages", { kind: "error", status: 400, code: 551, message: "blocked" }, { times: 1 });
  await broadcast(bot, { recipient_ids: ["71"], text: "Một" });
  await until("the refusal is known", () => internet.calls.messages === 2);
  const blocked = await broadcast(bot, { recipient_ids: ["71"], text: "Hai" });
  await until("it is refused", async () => (await countsOf(bot, blocked.id))["refused"] === 1);
  expect(internet.calls.messages).toBe(2);

  const many = Array.from({ length: 2_000 }, (_, n) => `s-${n}`);
  const { id } = await broadcast(bot, { recipient_ids: many, text: "Ba" });
  const stopped = z
    .object({ stopped: z.number() })
    .parse(await (await bot.admin(`/api/broadcasts/${id}`, { method: "DELETE" })).json());
  expect(stopped.stopped).toBeGreaterThan(1_000);
  const counts = await countsOf(bot, id);
  expect(counts).toMatchObject({ waiting: 0, stopped: stopped.stopped });
  expect((await bot.admin("/api/broadcasts/999")).status).toBe(404);
  await internet.stop();
}, 30_000);
